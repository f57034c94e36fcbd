public import Core

extension RuleInspection {
  /// `{"rule","title","matched","log_source":{…},"condition","condition_holds","failed":[{"search",
  /// "wanted"}],"searches":[{"name","holds","fields":[…],"fields_left_out"}]}`.
  public var json: String {
    var writer = JSONWriter()
    writer.object { write(to: &$0) }
    return writer.text
  }

  /// The members of that object.
  public func write(to writer: inout JSONWriter) {
    writer.member("rule", ruleID)
    writer.member("title", title)
    writer.member("matched", matches)
    writer.object("log_source") { writer in
      writer.member("fits", logSource.fits)
      writer.object("rule") { Self.write(logSource.rule, to: &$0) }
      writer.array("event") { writer in
        for source in logSource.event { writer.object { Self.write(source, to: &$0) } }
      }
      writer.member("reason", logSource.reason)
    }
    writer.member("condition", condition)
    writer.member("condition_holds", conditionHolds)
    writer.array("failed") { writer in
      for failure in failures {
        writer.object { writer in
          writer.member("search", failure.search)
          writer.member("wanted", failure.wanted)
        }
      }
    }
    writer.array("searches") { writer in
      for search in searches { Self.write(search, to: &writer) }
    }
  }

  private static func write(_ source: LogSource, to writer: inout JSONWriter) {
    writer.member("category", source.category)
    writer.member("product", source.product)
    writer.member("service", source.service)
  }

  private static func write(_ search: Search, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", search.identifier)
      writer.member("holds", search.holds)
      writer.array("fields") { writer in
        for item in search.items { write(item, to: &writer) }
      }
      writer.member("fields_left_out", search.itemsLeftOut)
    }
  }

  private static func write(_ item: Item, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("field", item.field)
      if let name = item.eventField { writer.member("event_field", name) }
      writer.member("modifiers", item.modifiers)
      if let alternative = item.alternative { writer.member("alternative", alternative) }
      writer.member("holds", item.holds)
      writer.array("patterns") { writer in
        for pattern in item.patterns {
          writer.object { writer in
            writer.member("pattern", pattern.text)
            writer.member("holds", pattern.holds)
          }
        }
      }
      writer.member("pattern_count", item.patternCount)
      writer.array("values") { writer in
        for value in item.values { writer.element(optional: value) }
      }
      writer.member("value_count", item.valueCount)
    }
  }
}
