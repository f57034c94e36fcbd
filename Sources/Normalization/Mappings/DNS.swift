internal import Core

/// Resolvers. Rules call the fields `query`, `record_type` and `answer`.
extension SourceMapping {
  /// Route 53 Resolver's query log (docs.aws.amazon.com, "Values that appear in VPC Resolver query
  /// logs").
  static let route53 = SourceMapping(
    sourceType: "aws.route53",
    names: ["route53", "aws.route53", "dns"],
    shape: RecordShape(all: ["query_name", "query_type"]),
    logSources: .fixed([LogSource(category: "dns"), LogSource(product: "aws", service: "route53")]),
    columns: [
      ColumnRule(.ts, "query_timestamp"),
      ColumnRule(.eventID, "query_type"),
      ColumnRule(.severity, "query_name", reading: .constant("1")),
      ColumnRule(.srcIP, "srcaddr"),
      ColumnRule(.srcPort, "srcport"),
      ColumnRule(.proto, "transport", reading: .lowercased),
      ColumnRule(.action, "query_type", reading: .constant("dns_query")),
      ColumnRule(.outcome, "rcode", reading: .table(rcodes)),
      ColumnRule(.message, "query_name"),
    ],
    fields: FieldRules(
      copies: [
        "query_name": "query", "query_type": "record_type", "answers.Rdata": "answer",
      ]))

  /// Queries in the Elastic Common Schema (Packetbeat, Elastic Endpoint).
  static let ecsDNS = SourceMapping(
    sourceType: "dns",
    names: ["dns"],
    shape: RecordShape(all: ["dns"], values: [ValueCondition("dns.question.name")]),
    otherShapes: [RecordShape(all: ["dns.question.name"])],
    logSources: .fixed([LogSource(category: "dns")]),
    columns: generic.columns + [
      ColumnRule(.action, "dns.question.name", reading: .constant("dns_query")),
      ColumnRule(.message, "dns.question.name"),
    ],
    senderIDs: [SenderIDRule("event.id"), SenderIDRule("_id")],
    fields: FieldRules(
      copies: [
        "dns.question.name": "query", "dns.question.type": "record_type",
        "dns.answers.data": "answer",
      ]))

  /// Queries by the names of SigmaHQ's rules, as the lines of resolvers are read.
  static let resolver = SourceMapping(
    sourceType: "dns",
    names: ["dns", "bind", "named", "dnsmasq", "unbound", "coredns"],
    shape: RecordShape(
      all: ["query"], anyOf: [["record_type", "answer"]]),
    logSources: .fixed([LogSource(category: "dns")]),
    columns: generic.columns + [
      ColumnRule(.action, "query", reading: .constant("dns_query")),
      ColumnRule(.severity, "query", reading: .constant("1")), ColumnRule(.message, "query"),
    ])

  private static let rcodes = [
    "noerror": "success", "nxdomain": "failure", "servfail": "failure", "refused": "failure",
  ]
}
