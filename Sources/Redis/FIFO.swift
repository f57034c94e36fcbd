/// A queue whose elements keep their number: the first ever appended is 0.
struct FIFO<Element: Sendable>: Sendable {
  private var storage: [Element?] = []
  private var head = 0
  /// The number of the first element that is still in the queue.
  private(set) var firstNumber = 0

  var count: Int { storage.count - head }
  var isEmpty: Bool { count == 0 }
  var endNumber: Int { firstNumber + count }

  mutating func append(_ element: Element) {
    storage.append(element)
  }

  mutating func popFirst() -> Element? {
    guard head < storage.count else { return nil }
    let element = storage[head]
    storage[head] = nil
    head += 1
    firstNumber += 1
    if head == storage.count {
      storage.removeAll(keepingCapacity: head <= 4096)
      head = 0
    } else if head > 1024, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }

  /// The element of that number; nil if it is not in the queue any more.
  subscript(number: Int) -> Element? {
    let index = head + number - firstNumber
    return index >= head && index < storage.count ? storage[index] : nil
  }

  /// Changes the element of that number in place, if it is still in the queue.
  mutating func update<R>(_ number: Int, _ body: (inout Element) -> R) -> R? {
    let index = head + number - firstNumber
    guard index >= head, index < storage.count else { return nil }
    return body(&storage[index]!)
  }
}
