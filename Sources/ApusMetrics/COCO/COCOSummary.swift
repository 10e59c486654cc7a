/// COCO's twelve numbers; -1 where there was nothing to find.
public struct COCOSummary: Sendable, Hashable {
  /// AP at IoU 0.5 to 0.95.
  public var ap: Double
  /// AP at IoU 0.5.
  public var ap50: Double
  /// AP at IoU 0.75.
  public var ap75: Double
  /// AP of objects up to 32² pixels.
  public var apSmall: Double
  /// AP of objects of 32² to 96² pixels.
  public var apMedium: Double
  /// AP of objects of 96² pixels and more.
  public var apLarge: Double
  /// Recall of the best detection of a category in a picture.
  public var ar1: Double
  /// Recall of the best ten.
  public var ar10: Double
  /// Recall of the best hundred.
  public var ar100: Double
  /// Recall of objects up to 32² pixels.
  public var arSmall: Double
  /// Recall of objects of 32² to 96² pixels.
  public var arMedium: Double
  /// Recall of objects of 96² pixels and more.
  public var arLarge: Double

  /// `[12]`: the numbers in the order of pycocotools' `stats`.
  public var numbers: [Double] {
    [
      ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge,
    ]
  }
}
