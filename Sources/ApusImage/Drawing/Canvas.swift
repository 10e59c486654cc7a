extension Image {
  /// Fills a rectangle, as much of it as lies inside the picture.
  mutating func fill(_ rect: PixelRect, with color: Color) {
    let columns = max(rect.x, 0)..<max(min(rect.right, width), max(rect.x, 0))
    let rows = max(rect.y, 0)..<max(min(rect.bottom, height), max(rect.y, 0))
    let samples = color.samples(in: format)
    let rowSamples = width * format.channels
    withMutablePixels { pixels in
      for row in rows {
        for column in columns {
          let place = row * rowSamples + column * samples.count
          for channel in 0..<samples.count { pixels[place + channel] = samples[channel] }
        }
      }
    }
  }

  /// Draws the four sides of a rectangle, inwards from its edge.
  mutating func stroke(_ rect: PixelRect, lineWidth: Int, with color: Color) {
    let across = min(lineWidth, max(rect.height, 1))
    let along = min(lineWidth, max(rect.width, 1))
    fill(PixelRect(x: rect.x, y: rect.y, width: rect.width, height: across), with: color)
    fill(
      PixelRect(x: rect.x, y: rect.bottom - across, width: rect.width, height: across),
      with: color)
    fill(PixelRect(x: rect.x, y: rect.y, width: along, height: rect.height), with: color)
    fill(
      PixelRect(x: rect.right - along, y: rect.y, width: along, height: rect.height),
      with: color)
  }

  /// Draws the four sides of a rectangle in dashes, with black or white in the gaps.
  ///
  /// A dash is four times as long as the line is wide, a gap three times.
  mutating func strokeDashed(_ rect: PixelRect, lineWidth: Int, with color: Color) {
    stroke(rect, lineWidth: lineWidth, with: ClassColors.text(on: color))
    let across = min(lineWidth, max(rect.height, 1))
    let along = min(lineWidth, max(rect.width, 1))
    let (dash, step) = (4 * lineWidth, 7 * lineWidth)
    for start in stride(from: 0, to: rect.width, by: step) {
      let length = min(dash, rect.width - start)
      for y in [rect.y, rect.bottom - across] {
        fill(PixelRect(x: rect.x + start, y: y, width: length, height: across), with: color)
      }
    }
    for start in stride(from: 0, to: rect.height, by: step) {
      let length = min(dash, rect.height - start)
      for x in [rect.x, rect.right - along] {
        fill(PixelRect(x: x, y: rect.y + start, width: along, height: length), with: color)
      }
    }
  }

  /// Draws a straight line of a width between two points.
  mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), lineWidth: Int, with color: Color
  ) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let x = start.x + (end.x - start.x) * step / steps
      let y = start.y + (end.y - start.y) * step / steps
      fill(PixelRect(x: x, y: y, width: lineWidth, height: lineWidth), with: color)
    }
  }

  /// Lays rendered text over the picture, as much of it as lies inside.
  mutating func draw(_ text: RenderedText, x left: Int, y top: Int) {
    let places = format.places
    let colors = [places.blue, places.green, places.red]
    let channels = format.channels
    let (width, height) = (width, height)
    withMutablePixels { pixels in
      for row in max(-top, 0)..<max(min(text.height, height - top), max(-top, 0)) {
        for column in max(-left, 0)..<max(min(text.width, width - left), max(-left, 0)) {
          let source = (row * text.width + column) * 4
          let remainder = 255 - Int(text.pixels[source + 3])
          guard remainder < 255 else { continue }
          let place = ((top + row) * width + left + column) * channels
          for (channel, target) in colors.enumerated() {
            let under = (Int(pixels[place + target]) * remainder + 127) / 255
            pixels[place + target] = UInt8(clamping: Int(text.pixels[source + channel]) + under)
          }
        }
      }
    }
  }
}
