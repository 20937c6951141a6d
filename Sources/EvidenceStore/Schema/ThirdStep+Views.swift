extension Schema {
  /// What people and readers query: the rows with their texts.
  static let viewsOfThird = """
    CREATE VIEW requested AS
      SELECT row.run, row.position, installable.value AS installable, spec.value AS spec
      FROM requested_row AS row
      JOIN text AS installable ON installable.id = row.installable
      JOIN text AS spec ON spec.id = row.spec;

    CREATE VIEW substituter AS
      SELECT row.run, row.position, url.value AS url
      FROM substituter_row AS row JOIN text AS url ON url.id = row.url;

    CREATE VIEW trusted_key AS
      SELECT row.run, row.position, key.value AS key
      FROM trusted_key_row AS row JOIN text AS key ON key.id = row.key;

    CREATE VIEW setting AS
      SELECT row.run, name.value AS name, place.value AS place
      FROM setting_row AS row
      JOIN text AS name ON name.id = row.name
      JOIN text AS place ON place.id = row.place;

    CREATE VIEW means_of_writing AS
      SELECT row.run, row.position, kind.value AS kind, place.value AS place, row.writes,
        detail.value AS detail
      FROM means_of_writing_row AS row
      JOIN text AS kind ON kind.id = row.kind
      JOIN text AS place ON place.id = row.place
      JOIN text AS detail ON detail.id = row.detail;

    CREATE VIEW target AS
      SELECT row.run, row.position, installable.value AS installable, derivation.value AS derivation,
        system.value AS system, error.value AS error, spec.value AS spec
      FROM target_row AS row
      JOIN text AS installable ON installable.id = row.installable
      LEFT JOIN text AS derivation ON derivation.id = row.derivation
      LEFT JOIN text AS system ON system.id = row.system
      LEFT JOIN text AS error ON error.id = row.error
      LEFT JOIN text AS spec ON spec.id = row.spec;

    CREATE VIEW output AS
      SELECT row.run, row.target, row.position, name.value AS name, path.value AS path
      FROM output_row AS row
      JOIN text AS name ON name.id = row.name
      JOIN text AS path ON path.id = row.path;

    CREATE VIEW presence AS
      SELECT row.run, path.value AS path, row.valid, row.on_disk
      FROM presence_row AS row JOIN text AS path ON path.id = row.path;

    CREATE VIEW cache AS
      SELECT row.run, row.position, url.value AS url, row.state, row.priority, row.status, cause.value AS cause
      FROM cache_row AS row
      JOIN text AS url ON url.id = row.url
      LEFT JOIN text AS cause ON cause.id = row.cause;

    CREATE VIEW offer AS
      SELECT row.run, path.value AS path, cache.value AS cache, row.position, answer.answer, answer.status,
        cause.value AS cause, metadata.nar_hash, metadata.nar_size, narinfo.file_size, narinfo.url,
        narinfo.compression, metadata.refs, narinfo.deriver, metadata.signatures, metadata.content_address,
        signed_by.value AS signed_by, answer.nar, answer.flaw, answer.nar_bytes
      FROM offer_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN text AS cache ON cache.id = row.cache
      JOIN answer ON answer.id = row.answer
      LEFT JOIN text AS cause ON cause.id = answer.cause
      LEFT JOIN text AS signed_by ON signed_by.id = answer.signed_by
      LEFT JOIN narinfo ON narinfo.id = answer.narinfo
      LEFT JOIN metadata ON metadata.id = narinfo.metadata;

    CREATE VIEW unanswered AS
      SELECT row.run, path.value AS path
      FROM unanswered_row AS row JOIN text AS path ON path.id = row.path;

    CREATE VIEW log_event AS
      SELECT row.run, row.position, row.line, event.kind, path.value AS path, derivation.value AS derivation,
        source.value AS source, machine.value AS machine, words.value AS text, subject.value AS subject
      FROM log_event_row AS row
      JOIN event ON event.id = row.event
      LEFT JOIN text AS path ON path.id = event.path
      LEFT JOIN text AS derivation ON derivation.id = event.derivation
      LEFT JOIN text AS source ON source.id = event.source
      LEFT JOIN text AS machine ON machine.id = event.machine
      LEFT JOIN text AS words ON words.id = event.text
      LEFT JOIN text AS subject ON subject.id = event.subject;

    CREATE VIEW registration AS
      SELECT row.run, path.value AS path, metadata.nar_hash, metadata.nar_size, row.ultimate,
        metadata.signatures, metadata.content_address, metadata.refs
      FROM registration_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN metadata ON metadata.id = row.metadata;

    CREATE VIEW path_outcome AS
      SELECT row.run, path.value AS path, fate.outcome, origin.value AS origin
      FROM path_outcome_row AS row
      JOIN text AS path ON path.id = row.path
      JOIN fate ON fate.id = row.fate
      LEFT JOIN text AS origin ON origin.id = fate.origin;

    CREATE VIEW verdict AS
      SELECT row.run, row.position, installable.value AS installable, spec.value AS spec,
        derivation.value AS derivation, row.verdict
      FROM verdict_row AS row
      JOIN text AS installable ON installable.id = row.installable
      JOIN text AS spec ON spec.id = row.spec
      LEFT JOIN text AS derivation ON derivation.id = row.derivation;

    CREATE VIEW outcome AS
      SELECT row.run, row.target, row.position, name.value AS name, path.value AS path, fate.outcome,
        origin.value AS origin, row.nar_size, signed_by.value AS signed_by
      FROM outcome_row AS row
      JOIN text AS name ON name.id = row.name
      JOIN text AS path ON path.id = row.path
      JOIN fate ON fate.id = row.fate
      JOIN text AS signed_by ON signed_by.id = row.signed_by
      LEFT JOIN text AS origin ON origin.id = fate.origin;

    CREATE VIEW reason AS
      SELECT row.run, row.target, row.position, row.code, row.bearing, path.value AS path, fact.value AS fact
      FROM reason_row AS row
      LEFT JOIN text AS path ON path.id = row.path
      JOIN text AS fact ON fact.id = row.fact;

    """
}
