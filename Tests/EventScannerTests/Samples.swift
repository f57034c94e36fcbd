/// Records of the kinds that sensors send, made for these tests.
enum Samples {
  static let records = [
    #"""
    {"timestamp":"2026-11-21T05:30:00.260000+0000","flow_id":14572819788561,"event_type":"alert",
    "src_ip":"203.0.113.7","src_port":50000,"dest_ip":"10.0.0.5","dest_port":80,"alert":{
    "signature_id":9000001,"signature":"UNION SELECT in URI","severity":1,
    "metadata":{"mitre_technique_id":["T1190"]}},"tx_id":0}
    """#,
    ##"""
    {"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":10005},
    "Channel":"System","Correlation":null},"EventData":{"param1":"caf\u00e9 \u2018x\u2019",
    "Path":"C:\\Windows\\System32\\cmd.exe"}}}
    """##,
    #"""
    {"eventTime":"2023-07-10T11:42:36Z","readOnly":true,"bytes":3.75e2,"responseElements":null,
    "userIdentity":{"sessionIssuer":{},"arn":"arn:aws:iam::1:user/b"},"resources":[]}
    """#,
    #"""
    {"MESSAGE":[70,97,105,108],"__CURSOR":"s=ca0a;i=1","n":-1.5E-3,"t":"日本語 😀"}
    """#,
  ]
}
