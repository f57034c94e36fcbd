/// The thread that wakes pools when a waiter's time is up or an opening is to be retried.
final class TimerThread: Sendable {
  static let shared = TimerThread()

  private struct Alarm {
    let time: Duration
    let body: @Sendable () -> Void
  }

  private let queue = WorkQueue<Alarm>()

  private init() {
    startThread(named: "pg-timer") { [self] in run() }
  }

  /// Calls the body at that time of `monotonicNow`. It must be quick.
  func schedule(at time: Duration, _ body: @escaping @Sendable () -> Void) {
    queue.push(Alarm(time: time, body: body))
  }

  private func run() {
    var alarms: [Alarm] = []
    var arrived: [Alarm] = []
    while queue.takeAll(into: &arrived, until: alarms.map(\.time).min()) || !alarms.isEmpty {
      alarms.append(contentsOf: arrived)
      arrived.removeAll(keepingCapacity: true)
      let now = monotonicNow()
      let due = alarms.filter { $0.time <= now }
      alarms.removeAll { $0.time <= now }
      for alarm in due { alarm.body() }
    }
  }
}
