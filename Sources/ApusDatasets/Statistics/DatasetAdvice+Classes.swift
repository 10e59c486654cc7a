/// What classes, splits and neighbours say.
extension DatasetStatistics {
  /// Classes with enough objects to speak of their sizes: at least 20, and one in 200.
  private var weighty: [ClassStatistics] {
    classes.filter { $0.objects.count >= 20 && $0.share >= 0.005 }
  }

  /// Boxes so small that nothing can be learnt from them.
  var labelAdvice: [DatasetAdvice] {
    guard objects.under3 > 0 else { return [] }
    let share = Double(objects.under3) / Double(objects.count)
    return [
      DatasetAdvice(
        .labels, share > 0.01 ? .consider : .note,
        "\(Wording.count(objects.under3, "object")) (\(Wording.percent(share))) have a side under 3 px "
          + "at \(Wording.size(input)).",
        "Look whether they are mistakes (apus data check); no network places such boxes, and each one "
          + "costs recall.", ["count": Double(objects.under3), "share": share])
    ]
  }

  /// Splits whose classes differ by more than chance, or that miss classes.
  var splitAdvice: [DatasetAdvice] {
    guard let base = splits.base, let training = splits.splits.first(where: { $0.name == base })
    else { return [] }
    var found: [DatasetAdvice] = []
    for split in splits.splits where splits.distances[split.name] != nil {
      let kinds = classes.indices
      let unseen = kinds.filter { split.classCounts[$0] > 0 && training.classCounts[$0] == 0 }
      if !unseen.isEmpty {
        found.append(
          DatasetAdvice(
            .splits, .act,
            "\(Wording.count(unseen.count, "class", "classes")) of \(split.name) "
              + "\(unseen.count == 1 ? "has" : "have") no object in \(base): "
              + "\(Wording.names(unseen.map { classes[$0].name })).",
            "Split again, so that every class is trained and judged.",
            ["classes": Double(unseen.count)]))
      }
      let unjudged = kinds.filter {
        split.classCounts[$0] == 0 && training.classCounts[$0] >= 10
      }
      if !unjudged.isEmpty {
        found.append(
          DatasetAdvice(
            .splits, .consider,
            "\(Wording.count(unjudged.count, "class", "classes")) with 10 objects or more in \(base) "
              + "\(unjudged.count == 1 ? "has" : "have") none in \(split.name): "
              + "\(Wording.names(unjudged.map { classes[$0].name })).",
            "Move some of their pictures; until then their average precision is not defined.",
            ["classes": Double(unjudged.count)]))
      }
      let all = splits.differences.filter { $0.split == split.name }
      guard let largest = all.first else { continue }
      let numbers = [
        "baseShare": largest.baseShare, "share": largest.share, "errors": largest.errors,
        "distance": splits.distances[split.name] ?? 0,
      ]
      let text =
        "'\(Wording.names([largest.name]))' makes \(Wording.percent(largest.baseShare)) of the objects "
        + "of \(base) and \(Wording.percent(largest.share)) of those of \(split.name), the largest "
        + "difference of a class."
      let isBad = all.contains { $0.distance > 0.02 && $0.errors > 6 }
      found.append(
        isBad
          ? DatasetAdvice(
            .splits, .consider, text,
            "Look how the data was split: a split drawn at random by scene differs less.", numbers)
          : DatasetAdvice(
            .splits, .note, text,
            "That is small, or no more than objects of few pictures differ by chance.", numbers))
    }
    return found
  }

  /// Classes with few or no objects.
  var balanceAdvice: [DatasetAdvice] {
    var found: [DatasetAdvice] = []
    let empty = classes.filter { $0.objects.count == 0 }
    if !empty.isEmpty {
      found.append(
        DatasetAdvice(
          .balance, split == nil ? .act : .note,
          "\(Wording.count(empty.count, "class", "classes")) of \(classes.count) "
            + "\(empty.count == 1 ? "has" : "have") no object: \(Wording.names(empty.map(\.name))).",
          "Label some, or take the names out: a class without examples is never found.",
          ["classes": Double(empty.count)]))
    }
    guard let ratio = balance.ratio, balance.present > 1 else { return found }
    let ranked = classes.filter { $0.objects.count > 0 }.sorted {
      $0.objects.count < $1.objects.count
    }
    let rare = ranked.filter { $0.objects.count < 100 }
    if ratio >= 10, let most = ranked.last, let fewest = ranked.first {
      found.append(
        DatasetAdvice(
          .balance, ratio >= 100 ? .act : .consider,
          "'\(Wording.names([most.name]))' has \(Wording.count(most.objects.count, "object")), "
            + "'\(Wording.names([fewest.name]))' \(fewest.objects.count): "
            + "\(Wording.pixels(ratio)) times fewer. The \(balance.present) classes are as diverse as "
            + "\(Wording.pixels(balance.effective)) of equal size.",
          "Collect or repeat pictures of the rare classes, judge by the average precision of every class, "
            + "and choose thresholds by class.",
          ["ratio": ratio, "effective": balance.effective, "present": Double(balance.present)]))
    }
    if !rare.isEmpty {
      found.append(
        DatasetAdvice(
          .balance, .note,
          "\(Wording.count(rare.count, "class", "classes")) \(rare.count == 1 ? "has" : "have") under "
            + "100 objects: \(Wording.names(rare.map { "\($0.name) (\($0.objects.count))" })).",
          "Upstream YOLOv5 advises 10,000 objects and 1,500 pictures for each class; with few objects "
            + "the average precision also swings by chance.", ["classes": Double(rare.count)]))
    }
    return found
  }

  /// Classes whose sizes differ so much that one input, or one set of anchors, hardly serves all.
  var scaleAdvice: [DatasetAdvice] {
    let ranked = weighty.compactMap { kind in kind.objects.side.map { (kind, $0.p50) } }
      .sorted { $0.1 < $1.1 }
    guard let (small, least) = ranked.first, let (large, most) = ranked.last, least > 0,
      most / least >= 3
    else { return [] }
    return [
      DatasetAdvice(
        .scale, .consider,
        "Classes differ in scale: half of '\(Wording.names([small.name]))' are under "
          + "\(Wording.pixels(least)) px, half of '\(Wording.names([large.name]))' over "
          + "\(Wording.pixels(most)) px, \(Wording.pixels(most / least)) times as much.",
        "Choose the input by the smaller class, fit anchors to both (apus anchors), and read average "
          + "precision and thresholds by class.",
        ["smallest": least, "largest": most, "ratio": most / least])
    ]
  }

  /// Pictures with many objects, and classes that stand in crowds beside others that stand alone.
  var densityAdvice: [DatasetAdvice] {
    var found: [DatasetAdvice] = []
    if let density = pictures.objects, density.most > 100 {
      found.append(
        DatasetAdvice(
          .density, density.p95 > 100 ? .act : .note,
          "A picture has up to \(density.most) objects; one in twenty has \(Wording.pixels(density.p95)) "
            + "or more.",
          "Allow more detections (--max-det) than YOLOv10's 300 or NanoDet's 100 where needed; COCO's "
            + "measures count 100 for each picture.",
          ["most": Double(density.most), "p95": density.p95]))
    }
    let ranked = weighty.compactMap { kind in kind.objects.perPicture.map { (kind, $0.mean) } }
      .sorted { $0.1 < $1.1 }
    if let (sparse, least) = ranked.first, let (dense, most) = ranked.last, most / least >= 4 {
      found.append(
        DatasetAdvice(
          .density, .note,
          "'\(Wording.names([dense.name]))' stands \(Wording.pixels(most)) to a picture that has it, "
            + "'\(Wording.names([sparse.name]))' \(Wording.pixels(least)).",
          "A mean over all objects speaks for the dense class; read results by class.",
          ["densest": most, "sparsest": least]))
    }
    return found
  }

  /// Objects that overlap so much that suppression takes them for one.
  var crowdingAdvice: [DatasetAdvice] {
    let share = Double(objects.crowding.above45) / Double(objects.count)
    guard share >= 0.01 else { return [] }
    let worst = weighty.max {
      Double($0.objects.crowding.above45) / Double($0.objects.count)
        < Double($1.objects.crowding.above45) / Double($1.objects.count)
    }
    let most = worst.map { Double($0.objects.crowding.above45) / Double($0.objects.count) } ?? 0
    return [
      DatasetAdvice(
        .crowding, share >= 0.05 ? .consider : .note,
        "\(Wording.percent(share)) of the objects overlap another of their class by an IoU over 0.45"
          + (worst.map { ", most of all '\(Wording.names([$0.name]))' (\(Wording.percent(most)))" }
            ?? "") + ".",
        "Suppression at 0.45 keeps one of such a pair: raise --iou to 0.6 or 0.7 for them, or use a "
          + "network without suppression (YOLOv10). Look also for objects labelled twice.",
        ["above45": share, "meanOverlap": objects.crowding.meanOverlap])
    ]
  }

  /// Too many pictures without objects, or none.
  var backgroundAdvice: [DatasetAdvice] {
    let share = Double(pictures.backgrounds) / Double(max(1, pictures.count))
    let numbers = ["share": share, "count": Double(pictures.backgrounds)]
    if share > 0.3 {
      return [
        DatasetAdvice(
          .backgrounds, .consider,
          "\(Wording.percent(share)) of the pictures have no object.",
          "Make sure that their labels are not missing; upstream YOLOv5 advises up to 10 % backgrounds.",
          numbers)
      ]
    }
    guard pictures.backgrounds == 0, pictures.count >= 100 else { return [] }
    return [
      DatasetAdvice(
        .backgrounds, .note, "No picture is without an object.",
        "Some pictures of empty scenes (upstream YOLOv5 advises up to 10 %) lower the number of false "
          + "alarms.", numbers)
    ]
  }
}
