internal import Core

extension SourceMapping {
  /// Azure's platform logs as diagnostic settings write them (learn.microsoft.com, "Azure resource log
  /// common and service-specific schemas").
  static let azure = SourceMapping(
    sourceType: "azure.activitylogs",
    names: ["azure", "azure.activitylogs", "azure.signinlogs", "azure.auditlogs"],
    shape: RecordShape(
      anyOf: [["operationName", "operationname"], ["category", "resourceId"]]),
    otherShapes: [
      RecordShape(all: ["category"], anyOf: [["resourceId", "tenantId", "operationVersion"]]),
      RecordShape(all: ["operationName", "properties"]),
    ],
    logSources: .table(
      paths: ["category"],
      services: [
        "signinlogs": "signinlogs", "serviceprincipalsigninlogs": "signinlogs",
        "noninteractiveusersigninlogs": "signinlogs", "managedidentitysigninlogs": "signinlogs",
        "auditlogs": "auditlogs", "directorymanagement": "auditlogs",
        "applicationmanagement": "auditlogs", "usermanagement": "auditlogs",
        "groupmanagement": "auditlogs", "rolemanagement": "auditlogs", "policy": "activitylogs",
      ],
      otherwise: "activitylogs", product: "azure"),
    columns: [
      ColumnRule(.ts, "time"),
      ColumnRule(.eventID, "operationName"),
      ColumnRule(.severity, "category", reading: .constant("1")),
      ColumnRule(.srcIP, "callerIpAddress", "properties.ipAddress"),
      ColumnRule(
        .user, "properties.userPrincipalName", "identity.claims.name",
        "properties.initiatedBy.user.userPrincipalName"),
      ColumnRule(.host, "resourceId"),
      ColumnRule(.action, "operationName"),
      ColumnRule(.outcome, "resultType", reading: .lowercased),
      ColumnRule(.message, "resultDescription", "operationName"),
    ])

  /// The same in the columns of Log Analytics' tables, which most rules name (`AuditLogs`,
  /// `SigninLogs`, `AzureActivity`).
  static let azureTables = SourceMapping(
    sourceType: "azure.activitylogs",
    names: ["azure", "azure.activitylogs", "azure.signinlogs", "azure.auditlogs"],
    shape: RecordShape(
      all: ["TimeGenerated"],
      anyOf: [
        ["OperationName", "OperationNameValue"],
        ["Category", "CategoryValue", "ResultType", "ActivityStatusValue", "AADTenantId"],
      ]),
    otherShapes: [
      RecordShape(
        all: ["Type"],
        values: [
          ValueCondition(
            "Type", "signinlogs", "aadnoninteractiveusersigninlogs",
            "aadserviceprincipalsigninlogs",
            "aadmanagedidentitysigninlogs", "auditlogs", "azureactivity")
        ])
    ],
    logSources: .table(
      paths: ["Type", "Category", "CategoryValue"],
      services: [
        "signinlogs": "signinlogs", "aadnoninteractiveusersigninlogs": "signinlogs",
        "aadserviceprincipalsigninlogs": "signinlogs", "noninteractiveusersigninlogs": "signinlogs",
        "aadmanagedidentitysigninlogs": "signinlogs", "serviceprincipalsigninlogs": "signinlogs",
        "managedidentitysigninlogs": "signinlogs", "auditlogs": "auditlogs",
        "applicationmanagement": "auditlogs", "directorymanagement": "auditlogs",
        "groupmanagement": "auditlogs", "rolemanagement": "auditlogs",
        "usermanagement": "auditlogs", "resourcemanagement": "auditlogs",
      ],
      otherwise: "activitylogs", product: "azure"),
    columns: [
      ColumnRule(.ts, "TimeGenerated", "CreatedDateTime"),
      ColumnRule(.eventID, "OperationName", "OperationNameValue"),
      ColumnRule(.severity, "TimeGenerated", reading: .constant("1")),
      ColumnRule(.srcIP, "IPAddress", "CallerIpAddress"),
      ColumnRule(.user, "UserPrincipalName", "Caller", "InitiatedBy.user.userPrincipalName"),
      ColumnRule(.host, "ResourceId"),
      ColumnRule(.action, "OperationName", "OperationNameValue"),
      ColumnRule(.outcome, "Result", "ResultType", "ActivityStatusValue", reading: .lowercased),
      ColumnRule(.message, "ResultDescription", "OperationName", "OperationNameValue"),
    ],
    fields: FieldRules(
      copies: ["UserPrincipalName": "Username", "ClientAppUsed": "ClientApp"]))

  /// A risk that Entra ID Protection found, or an alert of Privileged Identity Management (Microsoft
  /// Graph, `riskDetection` and `unifiedRoleManagementAlert`).
  static let azureRisk = SourceMapping(
    sourceType: "azure.riskdetection",
    names: ["azure", "azure.riskdetection", "azure.pim"],
    shape: RecordShape(
      anyOf: [
        ["riskEventType", "RiskEventType"],
        ["riskLevel", "riskState", "userPrincipalName", "RiskLevel", "UserPrincipalName"],
      ]),
    otherShapes: [RecordShape(values: [ValueCondition("riskEventType", "*alert*")])],
    logSources: .fixed([
      LogSource(product: "azure", service: "riskdetection"),
      LogSource(product: "azure", service: "pim"),
    ]),
    columns: [
      ColumnRule(.ts, "detectedDateTime", "activityDateTime", "TimeGenerated"),
      ColumnRule(.eventID, "riskEventType", "RiskEventType"),
      ColumnRule(
        .severity, "riskLevel", "RiskLevel",
        reading: .severities(["low": 3, "medium": 5, "high": 7, "none": 1, "hidden": 1])),
      ColumnRule(.srcIP, "ipAddress", "IpAddress"),
      ColumnRule(.user, "userPrincipalName", "UserPrincipalName"),
      ColumnRule(.action, "riskEventType", "RiskEventType"),
      ColumnRule(.message, "riskDetail", "riskEventType", "RiskEventType"),
    ],
    senderIDs: [SenderIDRule("id")],
    fields: FieldRules(renames: ["RiskEventType": "riskEventType"]))
}
