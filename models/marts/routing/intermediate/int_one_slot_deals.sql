{# Which rep takes which lead of one slot. #}
with

{{ dealt_leads(ref('int_one_slot_choices'), ref('int_rep_rooms_left'), 1) }}
