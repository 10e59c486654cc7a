extension Image {
  /// The picture with boxes and their labels drawn on it; a gray picture becomes RGB.
  ///
  /// Boxes are drawn in the order given, dashed ones over the others, labels afterwards; earlier boxes get the better places,
  /// so the most confident should come first. No label covers another or leaves the picture; a
  /// label that stands away from its box is tied to it by a thin line, and one for which no place
  /// is left is not drawn. A character that no font has is drawn as a box. Boxes with a
  /// coordinate that is not a number are skipped.
  ///
  /// - Throws: `ImageError` where there are labels, but no Pango, Cairo or font to draw them with.
  public func annotated(
    _ boxes: [LabeledBox], style: AnnotationStyle = AnnotationStyle()
  ) throws(ImageError) -> Image {
    var image = format == .gray ? converted(to: .rgb) : self
    let lineWidth = style.lineWidth(width: width, height: height)
    let rects = boxes.map { pixelRect(of: $0) }
    for (box, rect) in zip(boxes, rects) where !box.isDashed {
      if let rect {
        image.stroke(rect, lineWidth: lineWidth, with: ClassColors.color(box.colorIndex))
      }
    }
    for (box, rect) in zip(boxes, rects) where box.isDashed {
      if let rect {
        image.strokeDashed(rect, lineWidth: lineWidth, with: ClassColors.color(box.colorIndex))
      }
    }
    guard style.showsLabels, boxes.contains(where: { !$0.label.isEmpty }) else { return image }
    let size = style.fontSize(width: width, height: height)
    let renderer = try TextRenderer(family: style.fontFamily, size: size)
    let margin = max(size / 5, 2)
    var labels: [PlacedLabel] = []
    for (box, rect) in zip(boxes, rects) where !box.label.isEmpty {
      guard let rect else { continue }
      let background = ClassColors.color(box.colorIndex)
      let text = try renderer.render(
        box.label, color: ClassColors.text(on: background),
        maximumWidth: max(width - 2 * margin, 1))
      labels.append(PlacedLabel(text: text, box: rect, background: background, margin: margin))
    }
    image.draw(labels, lineWidth: lineWidth)
    return image
  }

  private mutating func draw(_ labels: [PlacedLabel], lineWidth: Int) {
    var layout = LabelLayout(width: width, height: height)
    let places = labels.map { label in
      layout.place(
        width: label.text.width + 2 * label.margin, height: label.text.height, for: label.box)
    }
    for (label, place) in zip(labels, places) {
      guard let place, let ends = label.tether(from: place) else { continue }
      line(
        from: ends.0, to: ends.1, lineWidth: max(lineWidth / 2, 1), with: label.background)
    }
    for (label, place) in zip(labels, places) {
      guard let place else { continue }
      fill(place, with: label.background)
      draw(label.text, x: place.x + label.margin, y: place.y)
    }
  }

  /// A box as whole pixels inside the picture, at least one pixel in size.
  private func pixelRect(of box: LabeledBox) -> PixelRect? {
    let edges = [box.x1, box.y1, box.x2, box.y2]
    guard !edges.contains(where: \.isNaN) else { return nil }
    func clamp(_ value: Float, _ side: Int) -> Int {
      Int(min(max(value.rounded(), 0), Float(side)))
    }
    let left = min(clamp(min(box.x1, box.x2), width), width - 1)
    let top = min(clamp(min(box.y1, box.y2), height), height - 1)
    return PixelRect(
      x: left, y: top,
      width: max(min(clamp(max(box.x1, box.x2), width), width) - left, 1),
      height: max(min(clamp(max(box.y1, box.y2), height), height) - top, 1))
  }
}

/// A label that has been set but has no place yet.
private struct PlacedLabel {
  var text: RenderedText
  var box: PixelRect
  var background: Color
  var margin: Int

  /// The ends of a line from a place to the box; nil where the two touch.
  func tether(from place: PixelRect) -> ((x: Int, y: Int), (x: Int, y: Int))? {
    let grown = PixelRect(
      x: place.x - 1, y: place.y - 1, width: place.width + 2, height: place.height + 2)
    guard !grown.overlaps(box) else { return nil }
    let x = min(max(place.x + place.width / 2, box.x), box.right - 1)
    let y = min(max(place.y + place.height / 2, box.y), box.bottom - 1)
    return ((place.x + place.width / 2, place.y + place.height / 2), (x, y))
  }
}
