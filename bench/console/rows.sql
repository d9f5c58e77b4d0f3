-- Conversations by the million, written by the database itself. Ids climb with time, as they do where
-- texts come in one after the other; nothing looks up what a row refers to, indexes come later.

-- step: settings
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '2GB';
SET max_parallel_maintenance_workers = 2;
SELECT setseed(0.5)

-- step: contacts
INSERT INTO contacts (id, number, verification_failures, created_at)
SELECT each, '+8190' || lpad(each::text, 8, '0'), 0, now() - :days * interval '1 day'
FROM generate_series(1, :conversations) AS each

-- step: conversations
INSERT INTO conversations (id, sender_id, contact_id, language, language_chosen, flow, state, slots,
  consent, helped_since_stop, misunderstood, person_wanted_at, held_since, taken_by,
  taken_until, heard_at, created_at)
SELECT each, width_bucket(random(), CAST(:shares AS float8[])) + 1, each,
  CASE WHEN random() < 0.05 THEN 'en' ELSE 'ja' END, false, flow,
  CASE WHEN flow IS NULL THEN 'start' ELSE 'ask' END, '{}',
  CASE WHEN luck < 0.7 THEN 'granted' WHEN luck < 0.9 THEN 'unknown' WHEN luck < 0.95 THEN 'asked'
    WHEN luck < 0.99 THEN 'stopped' ELSE 'refused' END, false, 0,
  CASE WHEN random() < 0.0003 THEN now() - random() * interval '3 days' END,
  CASE WHEN random() < 0.0001 THEN now() - random() * interval '9 days' END,
  CASE WHEN each % 20011 = 7 THEN :member END,
  CASE WHEN each % 20011 = 7 THEN now() + interval '1 year' END, now(), now() - :days * interval '1 day'
FROM (SELECT each, random() AS luck, CASE width_bucket(random(), ARRAY[0.92, 0.96, 0.99, 0.997])
    WHEN 1 THEN 'balance' WHEN 2 THEN 'payment' WHEN 3 THEN 'promise' WHEN 4 THEN 'survey' END AS flow
  FROM generate_series(1, :conversations) AS each) AS drawn

-- A turn is a text and its answer. Everybody has one; of the rest few people have many.

-- step: turns
CREATE UNLOGGED TABLE bench_turns AS
SELECT turn.id, turn.conversation_id, conversations.sender_id, conversations.language,
  now() - :days * interval '1 day' * (1 - turn.id / :turns ::float8) AS at,
  floor(power(:heard, random()))::int AS heard, ceil(:said * random())::int AS said,
  random() AS luck
FROM (
  SELECT row_number() OVER (ORDER BY random()) AS id, conversation_id FROM (
    SELECT each AS conversation_id FROM generate_series(1, :conversations) AS each
    UNION ALL
    SELECT 1 + floor(:conversations * power(random(), 2))::int
    FROM generate_series(:conversations + 1, :turns)
  ) AS drawn
) AS turn JOIN conversations ON conversations.id = turn.conversation_id ORDER BY turn.id

-- One turn after the other from here on, so that rows lie in the order of their ids.

-- step: plans
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET max_parallel_workers_per_gather = 0

-- step: inbound messages
INSERT INTO inbound_messages (id, provider, provider_sid, conversation_id, sender, recipient, body,
  status, attempts, intent, trace, created_at)
SELECT turn.id, 'twilio', 'SM' || lpad(to_hex(turn.id), 32, '0'), turn.conversation_id,
  '+8190' || lpad(turn.conversation_id::text, 8, '0'), '+815000000001', heard.body, 'answered', 1,
  'OTHER', '{"layer": "keyword", "rule": "exact"}', turn.at
FROM bench_turns AS turn
JOIN bench_phrases AS heard ON heard.pool = turn.language || ' heard' AND heard.rank = turn.heard

-- step: outbound messages
INSERT INTO outbound_messages (id, conversation_id, sender_id, inbound_id, position, message_class,
  priority, script_key, language, revision, body, encoding, segments, status, not_before,
  expires_at, attempts, absences, provider, provider_sid, delivery_status, error_code, reason,
  attempted_at, sent_at, verdict, verdict_reasons, created_at)
SELECT turn.id, turn.conversation_id, turn.sender_id, turn.id, 0, 'reply', 0, said.key,
  turn.language, said.revision, said.body, 'UCS-2', 1,
  CASE WHEN luck < 0.0005 THEN 'parked' WHEN luck < 0.003 THEN 'failed' ELSE 'sent' END, turn.at,
  turn.at + interval '1 hour', 1, 0, 'twilio', 'SM' || lpad(to_hex(turn.id), 32, 'f'),
  CASE WHEN luck < 0.003 THEN NULL WHEN luck < 0.025 THEN 'undelivered' ELSE 'delivered' END,
  CASE WHEN luck < 0.0005 THEN NULL WHEN luck < 0.003 THEN 21211 WHEN luck < 0.004 THEN 30007
    WHEN luck < 0.015 THEN 30003 WHEN luck < 0.025 THEN 30005 END,
  CASE WHEN luck < 0.003 THEN 'refused by the carrier' END,
  turn.at, turn.at + interval '2 seconds', 'allowed', '[]', turn.at + interval '1 second'
FROM bench_turns AS turn
JOIN bench_phrases AS said ON said.pool = turn.language || ' said' AND said.rank = turn.said

-- step: search terms
INSERT INTO message_terms (id, kind, message_id, conversation_id, terms)
SELECT 2 * turn.id - 1 + part.place, part.kind, turn.id, turn.conversation_id, phrase.terms
FROM bench_turns AS turn
CROSS JOIN LATERAL (VALUES (0, 'in', 'heard', turn.heard), (1, 'out', 'said', turn.said))
  AS part (place, kind, pool, rank)
JOIN bench_phrases AS phrase
  ON phrase.pool = turn.language || ' ' || part.pool AND phrase.rank = part.rank

-- step: plans as usual
RESET enable_hashjoin;
RESET enable_mergejoin

-- step: holds
INSERT INTO holds (contact_id, kind, until, rule, created_at)
SELECT contact_id, kind, CASE WHEN kind = 'promise' THEN now() + interval '9 days' END, 'words',
  now() - random() * interval '60 days'
FROM (SELECT id AS contact_id, CASE WHEN random() < 0.7 THEN 'promise' WHEN random() < 0.5
    THEN 'lawyer' ELSE 'wrong_person' END AS kind FROM contacts WHERE random() < 0.005) AS drawn

-- step: alerts
INSERT INTO alerts (kind, subject, words, sender_id, count, last_at, created_at)
SELECT 'loop', 'conversation ' || each, 'It is silent.', 1 + each % 12, 1, now(), now()
FROM generate_series(1, 40) AS each

-- step: ledger
INSERT INTO consent_events (id, contact_id, conversation_id, consent, method, rule, actor,
  evidence_hash, previous, hash, created_at)
SELECT id, contact_id, id, consent, 'sms', 'keyword', 'person', '', 'bench-' || id - 1,
  'bench-' || id, created_at FROM conversations WHERE consent <> 'unknown'

-- step: evidence
INSERT INTO consent_evidence (hash, sealed, created_at)
SELECT hash, repeat('x', 200), created_at FROM consent_events

-- step: purposes
INSERT INTO purpose_consents (conversation_id, purpose, state, version, changed_at)
SELECT id, 'billing', 'granted', '1', created_at FROM conversations WHERE consent = 'granted'

-- step: payment links
INSERT INTO payment_links (token_hash, conversation_id, account_id, language, status, failures,
  expires_at, created_at)
SELECT 'bench-' || id, id, id / 3, language, 'paid', 0, now() - interval '9 days', created_at
FROM conversations WHERE id % 3 = 0 AND random() < 0.5
