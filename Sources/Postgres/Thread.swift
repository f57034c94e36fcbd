import CShims
import Glibc

/// Starts a detached thread. The body's name shows in debuggers; its first 15 bytes are kept.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  let start = unsafe Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
  var thread = pthread_t()
  let result = unsafe pthread_create(
    &thread, nil,
    { argument in
      guard let argument = unsafe argument else { return nil }
      let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      unsafe shim_set_thread_name(start.name)
      start.body()
      return nil
    }, start.toOpaque())
  precondition(result == 0, "pthread_create failed with \(result)")
  pthread_detach(thread)
}
