import Core
import Normalization
import Testing

/// Requests in each server's spelling reach the fields that SigmaHQ's web and proxy rules name.
struct WebAndProxyTests {
  @Test(
    arguments: [
      #"{"remote_addr":"203.0.113.7","request":"GET /a.php?x=1 HTTP/1.1","status":404,"http_user_agent":"sqlmap"}"#,
      #"{"remote_addr":"203.0.113.7","request_method":"GET","request_uri":"/a.php?x=1","status":"404","http_user_agent":"sqlmap"}"#,
      #"{"clientip":"203.0.113.7","verb":"GET","request":"/a.php?x=1","response":"404","agent":"sqlmap"}"#,
      #"{"request":{"remote_ip":"203.0.113.7","method":"GET","uri":"/a.php?x=1","headers":{"User-Agent":["sqlmap"]}},"status":404}"#,
      #"{"http":{"request":{"method":"GET"},"response":{"status_code":404}},"url":{"original":"/a.php?x=1"},"source":{"address":"203.0.113.7"},"user_agent":{"original":"sqlmap"}}"#,
      #"203.0.113.7 - - [21/Nov/2026:05:30:00 +0000] "GET /a.php?x=1 HTTP/1.1" 404 12 "-" "sqlmap""#,
    ])
  func aWebServersRequest(_ text: String) throws {
    let event = try text.hasPrefix("{") ? normalize(text) : normalizeText(text)
    let expected = [
      "cs-method": "GET", "cs-uri-query": "/a.php?x=1", "cs-uri-stem": "/a.php",
      "c-uri": "/a.php?x=1", "sc-status": "404", "cs-user-agent": "sqlmap",
    ]
    for (name, value) in expected { #expect(event.recordFields[name] == value, "\(name)") }
    #expect(event.logSourceTexts.contains { $0.hasPrefix("webserver/") })
    #expect(event.columns.srcIP == IPAddress("203.0.113.7"))
    #expect(event.columns.action == "GET")
  }

  @Test func iisAsALineAndAsARecord() throws {
    let line = try normalizeText(
      "2026-11-21 05:30:00 10.0.0.1 POST /owa/auth.owa a=b 443 bob 203.0.113.7 Mozilla/5.0+(X) - 200 0 0 15"
    )
    #expect(line.columns.sourceType == "iis")
    #expect(line.columns.ts == time("2026-11-21T05:30:00Z"))
    #expect(line.columns.user == "bob")
    #expect(line.recordFields["cs-uri-query"] == "a=b\n/owa/auth.owa?a=b")
    #expect(line.fields.value(named: "cs-user-agent") == "Mozilla/5.0 (X)")
    #expect(line.fields.value(named: "cs-referer") == nil)
    let record = try normalize(
      #"{"cs_method":"POST","cs_uri_stem":"/owa/auth.owa","sc_status":200,"c_ip":"203.0.113.7"}"#)
    #expect(record.columns.sourceType == "iis")
    #expect(record.fields.value(named: "cs-uri-stem") == "/owa/auth.owa")
    #expect(record.columns.srcIP == IPAddress("203.0.113.7"))
  }

  @Test(
    arguments: [
      "1795239000.586 921 10.0.0.68 TCP_MISS/200 507 GET http://a.example:80/x/y.dll?q=1 - HIER_DIRECT/192.0.2.9 text/html",
      #"{"timestamp":1795239000.586,"client_address":"10.0.0.68","url":"http://a.example/x/y.dll?q=1","method":"GET","status":200,"hierarchy_code":"DIRECT","server_ip":"192.0.2.9"}"#,
      #"{"sourcetype":"zscalernss-web","event":{"url":"http://a.example/x/y.dll?q=1","requestmethod":"GET","respcode":"200","ClientIP":"10.0.0.68","serverip":"192.0.2.9"}}"#,
    ])
  func aProxysRequest(_ text: String) throws {
    let event = try text.hasPrefix("{") ? normalize(text) : normalizeText(text)
    let expected = [
      "cs-method": "GET", "cs-host": "a.example", "cs-uri-stem": "/x/y.dll", "c-uri-query": "q=1",
      "c-uri-extension": "dll", "sc-status": "200",
    ]
    for (name, value) in expected { #expect(event.recordFields[name] == value, "\(name)") }
    #expect(event.fields.value(named: "c-uri")?.hasPrefix("http://a.example") == true)
    #expect(event.logSourceTexts.first == "proxy/-/-")
    #expect(event.columns.srcIP == IPAddress("10.0.0.68"))
    #expect(event.columns.dstIP == IPAddress("192.0.2.9"))
  }

  @Test(
    arguments: [
      #"{"query_name":"api.telegram.org","query_type":"A","srcaddr":"10.0.0.5","rcode":"NOERROR"}"#,
      #"{"dns":{"question":{"name":"api.telegram.org","type":"A"}},"source":{"ip":"10.0.0.5"}}"#,
      #"{"_path":"dns","ts":1795239000,"uid":"C","id.orig_h":"10.0.0.5","query":"api.telegram.org","qtype_name":"A"}"#,
      #"{"timestamp":"2026-11-21T05:30:00Z","event_type":"dns","flow_id":1,"src_ip":"10.0.0.5","dns":{"rrname":"api.telegram.org","rrtype":"A"}}"#,
      "Nov 21 05:37:36 ns named[12]: client @0x7f 10.0.0.5#53000 (api.telegram.org): query: api.telegram.org IN A +E(0)K (10.0.0.2)",
      "Nov 21 05:37:36 ns dnsmasq[12]: query[A] api.telegram.org from 10.0.0.5",
      "Nov 21 05:37:36 ns unbound: [12:0] info: 10.0.0.5 api.telegram.org. A IN",
      #"[INFO] 10.0.0.5:40212 - 155 "A IN api.telegram.org. udp 41 false 512" NOERROR qr 98 0.02s"#,
    ])
  func aResolversQuery(_ text: String) throws {
    let event = try text.hasPrefix("{") ? normalize(text) : normalizeText(text)
    #expect(event.fields.value(named: "query") == "api.telegram.org")
    #expect(event.fields.value(named: "record_type") == "A")
    #expect(event.logSourceTexts.contains { $0.hasPrefix("dns/") })
    #expect(event.columns.srcIP == IPAddress("10.0.0.5"))
  }
}
