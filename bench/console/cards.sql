-- What the clock keeps of each conversation (bot/overview), and where it goes on from.

-- step: cards
INSERT INTO conversation_cards (conversation_id, sender_id, last_at, last_inbound_id,
  last_outbound_id, language, flow, consent, wanted_at, taken_by, held, on_hold, trouble,
  error_code, touched_at)
SELECT talk.id, talk.sender_id, said.created_at, said.inbound_id, said.id, talk.language,
  coalesce(talk.flow, ''), talk.consent, talk.person_wanted_at,
  CASE WHEN talk.taken_until > now() THEN talk.taken_by END, talk.held_since IS NOT NULL,
  EXISTS (SELECT FROM holds WHERE contact_id = talk.contact_id), bad.trouble, bad.error_code,
  now() - interval '1 hour'
FROM conversations AS talk
JOIN outbound_messages AS said ON said.id =
  (SELECT max(id) FROM outbound_messages WHERE conversation_id = talk.id)
LEFT JOIN (
  SELECT DISTINCT ON (conversation_id) conversation_id, error_code,
    CASE WHEN status = 'sent' THEN 'undelivered' ELSE status END AS trouble
  FROM outbound_messages
  WHERE (status IN ('failed', 'parked') OR delivery_status = 'undelivered')
    AND created_at > now() - interval '7 days'
  ORDER BY conversation_id, id DESC
) AS bad ON bad.conversation_id = talk.id

-- step: marks of the clock
INSERT INTO clock_rounds (name, covered_until, created_at, unfinished)
SELECT :round, now(), now(), json_build_object('in', :turns, 'out', :turns, 'in settled', :turns,
  'out settled', :turns, 'reports', 0, 'events', (SELECT max(id) FROM consent_events), 'audit',
  (SELECT coalesce(max(id), 0) FROM audit_events), 'names',
  (SELECT json_build_array(max(updated_at), max(id)) FROM accounts))

-- step: sequences
SELECT setval(pg_get_serial_sequence(name, 'id'), 2 * :turns)
FROM unnest(CAST(:tables AS text[])) AS name

-- step: what is not needed any more
DROP TABLE bench_turns, bench_phrases

-- step: statistics
VACUUM ANALYZE
