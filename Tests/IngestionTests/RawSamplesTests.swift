import Testing

@testable import Ingestion

@Suite struct RawSamplesTests {
  private static func limits(sourceTypes: Int = 4) -> RawSampleLimits {
    RawSampleLimits(
      records: 10, bytes: 100, totalBytes: 200, longestRecord: 60, sourceTypes: sourceTypes,
      nameBytes: 8, quietOffers: 5)
  }

  private static func records(_ count: Int, bytes: Int) -> [[UInt8]] {
    Array(repeating: Array(repeating: 97, count: bytes), count: count)
  }

  @Test func aSampleIsFullByRecordsOrByBytes() {
    var samples = RawSamples(limits: Self.limits())
    samples.add(Self.records(20, bytes: 1), of: "a", beside: 0)
    samples.add(Self.records(3, bytes: 50), of: "b", beside: 0)
    let hasRoom1 = samples.hasRoom(for: "a", beside: 0)
    #expect(!hasRoom1)
    let taken1 = samples.takeFull()
    #expect(taken1?.1.count == 10)
    let taken2 = samples.takeFull()
    #expect(taken2?.1.count == 2)
    let taken3 = samples.takeFull()
    #expect(taken3 == nil)
    #expect(samples.totalBytes == 0)
  }

  @Test func longNamesAndLongRecordsAreNotKept() {
    var samples = RawSamples(limits: Self.limits())
    samples.add(Self.records(1, bytes: 1), of: "ninebytes", beside: 0)
    samples.add(Self.records(1, bytes: 61), of: "a", beside: 0)
    #expect(samples.totalBytes == 0)
    #expect(samples.sourceTypes == 1)
  }

  @Test func theStalestMakesRoomForBytes() {
    var samples = RawSamples(limits: Self.limits())
    for name in ["a", "b", "c"] { samples.add(Self.records(1, bytes: 60), of: name, beside: 0) }
    samples.add(Self.records(1, bytes: 20), of: "a", beside: 0)
    #expect(samples.totalBytes == 200)
    samples.add(Self.records(1, bytes: 60), of: "c", beside: 0)
    #expect(samples.sourceTypes == 2)
    #expect(samples.totalBytes == 200)
    let first = samples.takeFull()
    #expect(first?.0 == "c")
    // It went with "b", so that "a" is whole.
    samples.add(Self.records(1, bytes: 20), of: "a", beside: 0)
    let second = samples.takeFull()
    #expect(second?.1.map(\.count) == [60, 20, 20])
  }

  @Test func aFullSampleIsNotEvicted() {
    var samples = RawSamples(limits: Self.limits())
    samples.add(Self.records(2, bytes: 50), of: "a", beside: 0)
    samples.add(Self.records(2, bytes: 50), of: "b", beside: 0)
    samples.add(Self.records(1, bytes: 1), of: "c", beside: 0)
    #expect(samples.totalBytes == 200)
    let taken6 = samples.takeFull()
    #expect(taken6?.0 == "a")
  }

  @Test func onlyAQuietSourceTypeLosesItsPlace() {
    var samples = RawSamples(limits: Self.limits())
    for name in ["a", "b", "c"] { samples.add(Self.records(1, bytes: 1), of: name, beside: 1) }
    let hasRoom2 = samples.hasRoom(for: "d", beside: 1)
    #expect(!hasRoom2)
    for _ in 0..<3 {
      for name in ["b", "c"] { samples.add(Self.records(1, bytes: 1), of: name, beside: 1) }
    }
    let hasRoom3 = samples.hasRoom(for: "d", beside: 1)
    #expect(hasRoom3)
    samples.add(Self.records(1, bytes: 1), of: "d", beside: 1)
    #expect(samples.sourceTypes == 3)
    let hasRoom4 = samples.hasRoom(for: "a", beside: 1)
    #expect(!hasRoom4)
  }

  @Test func anyNumberOfNamesKeepsTheBounds() {
    var samples = RawSamples(limits: Self.limits(sourceTypes: 6))
    for index in 0..<5000 {
      samples.add(Self.records(1 + index % 3, bytes: index % 61), of: "\(index % 97)", beside: 2)
      #expect(samples.totalBytes <= 200)
      #expect(samples.sourceTypes <= 4)
      if index % 7 == 0 { _ = samples.takeFull() }
    }
  }
}
