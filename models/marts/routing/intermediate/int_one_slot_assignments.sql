{# Which rep takes which lead of one slot. #}
with

{{ assigned_leads(ref('int_one_slot_choices'), ref('int_rep_open_slots_left'), 1) }}
