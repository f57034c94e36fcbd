extension SourceMapping {
  /// All of Harrier's own mappings, in the order in which they are tried: what comes most, and what has
  /// the most particular shape, first.
  static let builtIn: [SourceMapping] = [
    .mapped, .suricata, .windowsXML, .winlogbeat, .windowsFlat, .winlogbeat6, .journald, .cowrie,
    .laurel, .auditLine, .auditbeat, .cloudTrail, .cloudTrailDetail, .zeek, .kubernetes, .gcp,
    .gcpData,
    .workspaceReport, .azureRisk, .azure, .azureTables, .okta, .m365, .oneLogin, .duo, .osquery,
    .openCanary, .bitbucket, .qualys, .fortigate, .endpoint, .route53, .ecsDNS, .nginxJSON,
    .blueCoat, .iisJSON,
    .caddy, .ecsWeb, .squidJSON, .zscaler, .resolver, .packetFilter, .cef, .github, .apacheJSON,
  ]
}
