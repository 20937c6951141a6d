extension Schema {
  /// How Nix was set to build, and what was not kept of its log or kept it from being started.
  static let nixOfSixth =
    """
    -- As nix.conf spells it.
    ALTER TABLE environment ADD COLUMN nix_sandbox TEXT
      CHECK (nix_sandbox IS NULL OR nix_sandbox IN ('true', 'false', 'relaxed'));
    -- always-allow-substitutes: what derivations say of it does not count.
    ALTER TABLE environment ADD COLUMN always_substitutes INTEGER
      CHECK (always_substitutes IS NULL OR always_substitutes = 1) /* NULL: it is not set */;
    -- Why Nix could not be started; its ending is 'not-started' then.
    ALTER TABLE realization ADD COLUMN cause TEXT;
    -- Events that were more than is kept of one log; they are counted in unreadable, too.
    ALTER TABLE realization ADD COLUMN dropped INTEGER /* NULL: none */;

    """
}
