internal import Core
internal import NIOConcurrencyHelpers
internal import Postgres
internal import RuleStore

extension Rulebook {
  /// What may have changed.
  private enum Wake: Sendable {
    case organization(OrganizationID)
    case all
  }

  /// Follows the changes of the rules of those organizations that have been asked for, until the task is
  /// cancelled. Failures are told to the observer and outlived.
  public func run() async {
    let (wakes, wake) = AsyncStream.makeStream(
      of: Wake.self, bufferingPolicy: .bufferingNewest(256))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.poll(wake) }
      if let listening {
        let listener = PostgresListener(configuration: listening, channels: [RuleStore.channel])
        group.addTask {
          for await notification in listener.notifications() {
            wake.yield(Self.wake(of: notification))
          }
        }
      }
      for await wake in wakes {
        if Task.isCancelled { break }
        await follow(wake)
      }
      group.cancelAll()
    }
  }

  private func poll(_ wake: AsyncStream<Wake>.Continuation) async {
    while !Task.isCancelled {
      wake.yield(.all)
      do {
        try await Task.sleep(for: limits.pollInterval)
      } catch {
        break
      }
    }
    wake.finish()
  }

  private static func wake(of notification: PostgresNotification) -> Wake {
    guard case .notification(_, let payload) = notification, let number = Int32(payload) else {
      return .all
    }
    return .organization(OrganizationID(number))
  }

  private func follow(_ wake: Wake) async {
    switch wake {
    case .all: await followAll()
    case .organization(let organization):
      guard state.withLockedValue({ $0.current.peek(organization) }) != nil else { return }
      do {
        _ = try await refresh(organization)
      } catch {
        observer.failed(error, organization: organization)
      }
    }
  }

  /// One look at all organizations whose rules are known.
  func followAll() async {
    let known = state.withLockedValue { state in state.current.values }
    guard !known.isEmpty else { return }
    let revisions: [OrganizationID: Int64]
    do {
      revisions = try await source.revisions(of: known.map(\.organization))
    } catch {
      observer.failed(error, organization: nil)
      return
    }
    for rules in known {
      guard !Task.isCancelled else { return }
      let revision = revisions[rules.organization] ?? 0
      guard revision > rules.revision else { continue }
      do {
        _ = try await adopt(rules.organization, revision)
      } catch {
        observer.failed(error, organization: rules.organization)
      }
    }
  }
}
