{# Whether sales logs its touches at all: where it does not, following up cannot be
   seen, and nothing is called a black hole. #}
with

activities as (

    select * from {{ ref('stg_raw__crm_activities') }}

),

final as (

    select count(*) > 0 as is_follow_up_observable

    from activities

)

select * from final
