public import ApusBoxes

extension Dataset {
  /// The names of the classes in their order.
  public var classNames: ClassNames { ClassNames(classes.map(\.name)) }

  /// The marked objects of every picture, by its id, with the positions of classes as their ids.
  ///
  /// Boxes are in pixels, rounded to single precision. VOC's `difficult` is not looked at.
  public func groundTruths() -> [Int: [GroundTruth]] {
    let indices = classIndices()
    return annotationsByPicture().mapValues { annotations in
      annotations.map { annotation in
        let box = annotation.box
        return GroundTruth(
          box: Box(
            x1: Float(box.x), y1: Float(box.y), x2: Float(box.x + box.width),
            y2: Float(box.y + box.height)),
          classID: indices[annotation.classID] ?? 0, isCrowd: annotation.isCrowd,
          outlineArea: annotation.area)
      }
    }
  }
}
