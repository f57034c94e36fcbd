internal import Access
internal import AnalyticsStore
internal import Core
internal import HTTPTypes

extension InstallationRoutes {
  static let ledgerEndpoint = Endpoint(
    .get, "/api/operate/ledger", "read_ledger", tag: "operate",
    "What was received and what became of it, by organization and time: received = stored + "
      + "duplicates + quarantined.",
    caller: .scope(.operate),
    parameters: [
      .from, .to,
      .query(
        "interval", "Hours up to 31 days, or days up to 366.",
        .choice(SummaryRange.Interval.self)),
      .query("organization", "Only this one.", .integer(1...Int(Int32.max))),
    ],
    answers: [.json(.named("Ledger"))])

  static let partitionsEndpoint = Endpoint(
    .get, "/api/operate/partitions", "list_partitions", tag: "operate",
    "The partitions of events and detections; no row may be in the default ones.",
    caller: .scope(.operate), answers: [.json(.named("Partitions"))])

  static let poolEndpoint = Endpoint(
    .get, "/api/operate/pool", "read_pools", tag: "operate",
    "How busy this node's connections to PostgreSQL are.", caller: .scope(.operate),
    answers: [.json(.named("Pools"))])

  private static let sums: [SchemaMember] = [
    .member("batches", .integer()), .member("received", .integer()),
    .member("stored", .integer()), .member("duplicates", .integer()),
    .member("quarantined", .integer()),
    .member("balanced", .boolean, "Whether received = stored + duplicates + quarantined."),
  ]

  static let schemas: [(name: String, schema: Schema)] = [
    (
      "Ledger",
      .object([
        .member("from", .time), .member("to", .time),
        .member("interval", .choice(SummaryRange.Interval.self)),
        .member("complete", .boolean, "False where older sums are left out."),
        .member("total", .object(sums)),
        .member(
          "sums",
          .array(
            .object([.member("organization", .integer()), .member("start", .time)] + sums))),
      ])
    ),
    (
      "Partitions",
      .object([
        .member(
          "partitions",
          .array(
            .object([
              .member("table", .choice(["events", "detections"])), .member("name", .text),
              .member("from", .nullable(.time), "Null for the default partition."),
              .member("to", .nullable(.time)),
              .member("rows_estimate", .nullable(.integer())),
              .member("bytes", .integer(), "With indexes."),
            ]))),
        .member("default_rows", .integer(), "Counted up to 20,000; should be 0."),
      ])
    ),
    (
      "Pools",
      .object([
        .member(
          "pools",
          .array(
            .object([
              .member("name", .text), .member("leased", .integer()), .member("idle", .integer()),
              .member("opening", .integer()), .member("waiting", .integer()),
              .member("max", .integer()),
            ])))
      ])
    ),
  ]
}
