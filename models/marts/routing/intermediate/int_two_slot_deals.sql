{# Which rep takes which lead of two slots. #}
with

{{ dealt_leads(ref('int_two_slot_choices'), ref('int_rep_rooms'), 2) }}
