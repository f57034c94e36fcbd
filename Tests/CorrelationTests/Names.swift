import Correlation

/// Sigma has a type of the same name, a rule's detection section.
typealias Detection = Correlation.Detection
