{# What the champion said of each handoff at its moment. #}
with

handoff_examples as (

    select
        lead_key,
        as_of,
        cycle_number

    from {{ ref('fct_training_examples') }}

    where example_kind = 'handoff'

),

logits as (

    select * from {{ ref('int_example_logits') }}

),

final as (

    select
        handoff_examples.lead_key,
        handoff_examples.cycle_number,
        {{ logistic('logits.logit') }} as probability

    from handoff_examples

    inner join logits
        on
            handoff_examples.lead_key = logits.lead_key
            and handoff_examples.as_of = logits.as_of

)

select * from final
