{# Words are compared without case, blanks and signs: two lines of
   seeds/deal_types.csv for one word would give a deal twice. #}
with

words as (

    select
        {{ seed_text('field') }} as field,
        {{ squeezed_word(seed_text('word')) }} as word

    from {{ ref('deal_types') }}

)

select
    field,
    word,
    count(*) as lines

from words

group by field, word

having count(*) > 1
