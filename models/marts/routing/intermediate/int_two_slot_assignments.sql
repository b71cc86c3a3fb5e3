{# Which rep takes which lead of two slots. #}
with

{{ assigned_leads(ref('int_two_slot_choices'), ref('int_rep_open_slots'), 2) }}
