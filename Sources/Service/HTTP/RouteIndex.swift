internal import HTTPTypes
internal import Hummingbird
internal import NIOConcurrencyHelpers

/// Which methods are answered at a path, for 405. Only requests that met no route are looked up, so a
/// pass over all routes is cheap enough.
final class RouteIndex: Sendable {
  private struct Route {
    let path: RouterPath
    let method: HTTPRequest.Method
  }

  private let routes = NIOLockedValueBox<[Route]>([])

  /// Takes over what the router has by now.
  func take(_ router: Router<HarrierRequestContext>) {
    let all = router.routes.map { Route(path: $0.path, method: $0.method) }
    routes.withLockedValue { $0 = all }
  }

  /// The methods in alphabetical order; empty where the path is unknown.
  func methods(at path: String) -> [String] {
    let components = path.split(separator: "/")
    let matching = routes.withLockedValue { $0 }.filter { Self.matches($0.path, components) }
    // As the router does, a part that is written out goes before one that stands for any.
    let closest = matching.map { Self.literals($0.path) }.max()
    var names = Set<String>()
    for route in matching where Self.literals(route.path) == closest {
      names.insert(route.method.rawValue)
    }
    if names.contains("GET") { names.insert("HEAD") }
    if !names.isEmpty { names.insert("OPTIONS") }
    return names.sorted()
  }

  private static func literals(_ path: RouterPath) -> Int {
    path.description.split(separator: "/").count { !$0.hasPrefix("{") && !$0.hasPrefix("*") }
  }

  private static func matches(_ path: RouterPath, _ components: [Substring]) -> Bool {
    for (index, element) in path.components.enumerated() {
      if element == .recursiveWildcard { return index < components.count }
      guard index < components.count, element ~= components[index] else { return false }
    }
    return path.components.count == components.count
  }
}
