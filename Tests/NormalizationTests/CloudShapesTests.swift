import Core
import Normalization
import Testing

/// The forms in which cloud services' records arrive besides the whole record.
struct CloudShapesTests {
  @Test(
    arguments: [
      (
        #"{"eventName":"CreateUser","responseElements":{"user":{"userName":"x"}}}"#,
        "aws.cloudtrail"
      ),
      (
        #"{"eventname":"RunInstances","eventsource":"ec2.amazonaws.com","awsregion":"eu-1"}"#,
        "aws.cloudtrail"
      ),
      (#"{"eventSource":"iam.amazonaws.com","eventName":"ListUsers"}"#, "aws.cloudtrail"),
      (
        #"{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"StopLogging"}}"#,
        "aws.cloudtrail"
      ),
      (#"{"actor":"cat","action":"business.add_admin","user":"bob"}"#, "github.audit"),
      (
        #"{"verb":"create","objectRef":{"resource":"pods"},"responseStatus":{"code":201}}"#,
        "kubernetes.audit"
      ),
      (#"{"data":{"protoPayload":{"methodName":"a.b"}}}"#, "gcp.audit"),
      (
        #"{"TimeGenerated":"2026-11-21T01:00:00Z","OperationName":"Sign-in activity","Category":"SignInLogs"}"#,
        "azure.signinlogs"
      ),
      (
        #"{"riskEventType":"leakedCredentials","riskLevel":"high","userPrincipalName":"x"}"#,
        "azure.riskdetection"
      ),
    ])
  func areRecognised(_ text: String, _ sourceType: String) throws {
    #expect(try normalize(text).columns.sourceType == sourceType)
  }

  @Test(
    arguments: [
      #"{"actor":"cat","action":"login","user":"bob"}"#, #"{"eventName":"x","eventSource":"y"}"#,
      #"{"verb":"create"}"#, #"{"data":{"a":1}}"#, #"{"eventType":"logout"}"#,
    ])
  func aFragmentThatMayBeAnyonesIsNobodys(_ text: String) throws {
    #expect(try normalize(text).columns.sourceType == "unknown")
  }

  @Test func anEventBridgeDetailIsReadAsTheRecord() throws {
    let event = try normalize(
      #"""
      {"detail-type":"AWS API Call via CloudTrail","time":"2026-11-21T01:00:00Z","detail":{
      "eventTime":"2026-11-21T00:59:00Z","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com",
      "requestParameters":{"name":"trail","flags":[true,2,null]}}}
      """#)
    #expect(event.columns.ts == time("2026-11-21T00:59:00Z"))
    #expect(event.fields.value(named: "eventName") == "StopLogging")
    #expect(event.fields.value(named: "requestParameters.name") == "trail")
    #expect(event.recordFields["requestParameters.flags"] == "true\n2")
    #expect(event.fields.value(named: "requestParameters")?.hasPrefix(#"{"name":"trail""#) == true)
  }

  @Test func aRecordWhoseTimeIsNoneKeepsItsFields() throws {
    let event = try fields(
      of: #"{"eventType":"user.session.start","published":"redacted","uuid":"1","actor":{}}"#)
    #expect(event.fields.value(named: "eventType") == "user.session.start")
    #expect(event.logSourceTexts == ["-/okta/okta"])
  }

  @Test func anAlertOfMicrosoft365() throws {
    let event = try normalize(
      #"""
      {"CreationTime":"2026-11-21T01:00:00","Id":"1","Operation":"AlertTriggered","RecordType":40,
      "Workload":"SecurityComplianceCenter","Name":"Impossible travel activity","AlertId":"7"}
      """#)
    #expect(event.fields.value(named: "eventSource") == "SecurityComplianceCenter")
    #expect(event.recordFields["eventName"]?.contains("Impossible travel activity") == true)
    #expect(event.fields.value(named: "status") == "success")
    #expect(event.logSourceTexts.contains("-/m365/threat_management"))
  }

  @Test func aGoogleWorkspaceReport() throws {
    let event = try normalize(
      #"""
      {"kind":"admin#reports#activity","id":{"time":"2026-11-21T01:00:00Z","uniqueQualifier":"1",
      "applicationName":"admin"},"actor":{"email":"a@b"},"ipAddress":"203.0.113.7","events":[{
      "name":"CHANGE_APPLICATION_SETTING","parameters":[{"name":"SETTING_NAME","value":"ContextAware"},
      {"name":"NEW_VALUE","boolValue":false},{"name":"LIST","multiValue":["a","b"]}]}]}
      """#)
    #expect(event.logSourceTexts == ["-/gcp/google_workspace.admin"])
    #expect(event.fields.value(named: "eventService") == "admin.googleapis.com")
    #expect(event.fields.value(named: "eventName") == "CHANGE_APPLICATION_SETTING")
    #expect(event.fields.value(named: "setting_name") == "ContextAware")
    #expect(event.fields.value(named: "new_value") == "false")
    #expect(event.recordFields["list"] == "a\nb")
  }
}
