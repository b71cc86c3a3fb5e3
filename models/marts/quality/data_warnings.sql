{# Everything that a build noticed and that somebody should look at, in sentences. #}
with

found as (

    select * from {{ ref('int_intake_warnings') }}

    union all

    select * from {{ ref('int_meaning_warnings') }}

),

final as (

    select
        {{ key(['kind', 'subject', 'message']) }} as warning_key,
        kind,
        subject,
        affected_count,
        message,
        remedy

    from found

)

select * from final
order by kind, subject
