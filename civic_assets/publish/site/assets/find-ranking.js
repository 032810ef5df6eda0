/* The search: from what is typed to results in their order. No page, no input box: that is find.js.
 *
 * civic_assets/publish/site/find/plain_text.py, packed_figures.py and ranking.py do exactly the same in Python, for
 * `civic-assets search`. A change of one is a change of both; a test runs both over the same list of searches.
 */
var civicFind = (function () {
  "use strict";

  var STOP_WORDS = new Set((
    "a about against an and any are at be been beside by can come comes came compare compared did do does figure figures " +
    "find for from get give has have how i in is it its like many may me much my number numbers of on or our please show " +
    "tell than that the their there these they this those to us versus vs was we were what when where which who whose why " +
    "will with you your"
  ).split(" "));
  var NUMBER = new RegExp(
    "(?<![A-Za-z0-9.,/-])([0-9]{1,3}(?:[,\u2009\u202f\u00a0 ][0-9]{3})+(?:\\.[0-9]+)?|[0-9]+(?:\\.[0-9]+)?)" +
    "(?![A-Za-z0-9/-])(?![.,][0-9])", "g");
  var CODE = /^[ejklnsw][0-9]{2,8}$/;
  var POSTCODE = /^([a-z]{1,2}[0-9][a-z0-9]?)(?: ?([0-9][a-z]{2}))?$/;
  // The letters with which a postcode begins (Royal Mail's postcode areas).
  var POSTCODE_AREAS = new Set((
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fa fk fy " +
    "g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol " +
    "ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn " +
    "wr ws wv yo ze"
  ).split(" "));

  // --- plain text ---------------------------------------------------------------------------------------------------

  function unique(list) { return Array.from(new Set(list)); }

  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/['’‘`]/g, "")
      .replace(/[^a-z0-9]+/g, " ").trim();
  }

  function closed(text) { return plain(text).replace(/ /g, ""); }

  function wordsOf(text) {
    var words = unique(plain(text).split(" ").filter(Boolean));
    var about = words.filter(function (word) { return !STOP_WORDS.has(word); });
    return about.length ? about : words;
  }

  /** A word without the ending of a plural (Harman's S stemmer). */
  function stem(word) {
    if (word.length < 4) { return word; }
    if (/ies$/.test(word) && !/[ae]ies$/.test(word)) { return word.slice(0, -3) + "y"; }
    if (/es$/.test(word) && !/[aeo]es$/.test(word)) { return word.slice(0, -1); }
    if (/s$/.test(word) && !/[us]s$/.test(word)) { return word.slice(0, -1); }
    return word;
  }

  function numbersIn(text) {
    var found = Array.from(text.matchAll(NUMBER), function (match) {
      return match[1].replace(/[,\u2009\u202f\u00a0 ]/g, "");
    });
    return unique(found);
  }

  function withoutNumbers(text) { return text.replace(NUMBER, " "); }

  function isYear(number) { return /^(?:19|20)[0-9]{2}$/.test(number); }

  function codeIn(words) {
    var found = words.find(function (word) { return CODE.test(word); });
    return found ? found.toUpperCase() : "";
  }

  function postcodeIn(text) {
    var match = POSTCODE.exec(plain(text));
    if (!match || !POSTCODE_AREAS.has(match[1].replace(/[0-9].*/, ""))) { return ""; }
    return (match[2] ? match[1] + " " + match[2] : match[1]).toUpperCase();
  }

  // --- figures ------------------------------------------------------------------------------------------------------

  function Figures(packed) {
    this.packed = packed;
    this.read = new Map();
    this.itemsOf = new Map();
    packed.items.forEach(function (item, number) {
      item[4].forEach(function (measure) {
        if (!this.itemsOf.has(measure)) { this.itemsOf.set(measure, []); }
        // A measure leads to its own figures before those of an indicator made from it.
        if (item[0] === measure) { this.itemsOf.get(measure).unshift(number); } else { this.itemsOf.get(measure).push(number); }
      }, this);
    }, this);
  }

  function at(list, position) { return position < list.length ? list[position] : ""; }

  /** The anchor of a figure: `*` stands for the name of its item, and `+` for that of its source. */
  function placeOf(place, item, release) { return place.replace("+", release.split(" ")[0]).replace("*", item); }

  Figures.prototype.of = function (code) {
    if (this.read.has(code)) { return this.read.get(code); }
    var packed = this.packed, rows = [];
    (packed.areas[code] || []).forEach(function (block) {
      var counts = block[1].split(","), rates = block[2].split(","), digits = (block[3] || "").split(",");
      var digit = "";
      packed.shapes[block[0]].forEach(function (cell, position) {
        digit = at(digits, position) || digit;
        var release = packed.releases[cell[2]];
        var anchor = packed.stems[cell[4]].replace("*", digit);
        rows.push({
          area: code, item: cell[0], period: packed.periods[cell[1]], release: release, said: packed.said[cell[3]],
          count: at(counts, position), rate: at(rates, position), wider: packed.wider[cell[5]],
          place: placeOf(packed.places[cell[6] >> 1], packed.items[cell[0]][0], release), synthetic: (cell[6] & 1) === 1,
          evidence: !anchor ? "" : anchor.indexOf("/") >= 0 ? anchor
            : "evidence/" + release.replace(" ", "/") + "/" + code + ".html#" + anchor
        });
      });
    });
    this.read.set(code, rows);
    return rows;
  };

  /** The first figures of some areas that have one of some values; of some items, unless there are none. */
  Figures.prototype.withValue = function (numbers, codes, items, limit) {
    var rows = [];
    for (var position = 0; position < codes.length && rows.length < limit; position += 1) {
      if (!this.mayHave(codes[position], numbers)) { continue; }
      this.of(codes[position]).forEach(function (row) {
        var wanted = !items.size || items.has(row.item);
        if (wanted && numbers.some(function (number) { return sameNumber(row, number); })) { rows.push(row); }
      });
    }
    return rows.slice(0, limit);
  };

  /** Whether an area may have one of some values: this reads the packed text, which is much quicker than unpacking it. */
  Figures.prototype.mayHave = function (code, numbers) {
    return this.packed.areas[code].some(function (block) {
      var texts = [1, 2].map(function (part) { return "," + block[part] + ","; });
      return numbers.some(function (number) {
        var half = 0.5 * Math.pow(10, -(number.split(".")[1] || "").length);
        var begins = number.indexOf(".") < 0 ? [number + ","]
          : [number + ",", Math.floor(Number(number) - half) + ".", Math.floor(Number(number) + half) + ".",
             Math.floor(Number(number) + half) + ","];
        return begins.some(function (begin) {
          return texts.some(function (text) { return text.indexOf("," + begin) >= 0; });
        });
      });
    });
  };

  /** Whether a figure has a value: a count exactly, a rate with as many decimals as were typed. */
  function sameNumber(row, typed) {
    if (row.count === typed || row.rate === typed) { return true; }
    var decimals = (typed.split(".")[1] || "").length;
    return decimals > 0 && row.rate !== "" &&
      Math.abs(Number(row.rate) - Number(typed)) <= 0.5 * Math.pow(10, -decimals) + 1e-9;
  }

  function grouped(printed) {
    var parts = printed.split(".");
    parts[0] = parts[0].replace(/\B(?=(?:\d{3})+$)/g, ",");
    return parts.join(".");
  }

  // --- the search ---------------------------------------------------------------------------------------------------

  /** @param index content of find-index.js; @param figures content of find-figures.js, or null while it is not there */
  function Search(index, figures) {
    this.numbers = index.numbers;
    this.lunr = lunr.Index.load(index.lunr);
    this.small = index.small;
    this.postcodes = index.postcodes;
    this.figures = figures ? new Figures(figures) : null;
    this.hitsOf = new Map();
    this.byName = new Map();
    this.byArea = new Map();
    this.entries = index.entries.map(function (one, number) {
      var entry = {
        number: number, kind: one[0], id: one[1], title: one[2], detail: one[3], address: one[4],
        names: [one[2]].concat(one[5]), measures: one[6]
      };
      unique(entry.names.concat(entry.id).map(closed)).forEach(function (name) {
        if (!this.byName.has(name)) { this.byName.set(name, []); }
        this.byName.get(name).push(number);
      }, this);
      if (entry.kind === "area") { this.byArea.set(entry.id, entry); }
      return entry;
    }, this);
  }

  /** Matches of one word: score and matched words of the index, by number of the entry. */
  Search.prototype.hits = function (word) {
    if (this.hitsOf.has(word)) { return this.hitsOf.get(word); }
    var index = this.lunr, numbers = this.numbers, found = new Map(), stemmed = stem(word);
    function ask(build) {
      index.query(build).forEach(function (result) {
        found.set(Number(result.ref), { score: result.score, terms: Object.keys(result.matchData.metadata) });
      });
    }
    ask(function (query) {
      query.term(stemmed, { boost: numbers.whole });
      // Every word begins with some letter: one letter finds only what is called so.
      if (word.length > 1) {
        query.term(word, { boost: numbers.beginning, wildcard: lunr.Query.wildcard.TRAILING });
      }
    });
    // A code with a digit more or less is another code.
    var edits = /[0-9]/.test(word) || word.length > numbers.longestMistyped ? 0 : word.length >= numbers.shortestTwiceMistyped ? 2 : word.length >= numbers.shortestMistyped ? 1 : 0;
    for (var distance = 1; distance <= edits && !found.size; distance += 1) {
      ask(function (query) { query.term(stemmed, { boost: numbers.mistyped, editDistance: distance }); });
    }
    this.hitsOf.set(word, found);
    return found;
  };

  function stems(name) { return unique(wordsOf(name).map(stem)); }

  function bits(mask) {
    var count = 0;
    for (; mask; mask &= mask - 1) { count += 1; }
    return count;
  }

  /** What an entry covers of the words: in all, and by its best single name. */
  function cover(entry, stemmed, found) {
    var best = { mask: 0, whole: 0, missing: 99 }, all = 0, score = 0;
    found.forEach(function (hits, position) {
      var hit = hits.get(entry.number);
      if (hit) { all |= 1 << position; score += hit.score; }
    });
    if (!entry.stems) { entry.stems = entry.names.map(stems); }
    entry.stems.forEach(function (name) {
      var mask = 0, whole = 0, used = new Set();
      found.forEach(function (hits, position) {
        var hit = hits.get(entry.number);
        if (!hit) { return; }
        var same = name.indexOf(stemmed[position]) >= 0 && !used.has(stemmed[position]) ? stemmed[position] : "";
        var term = same || name.find(function (one) { return hit.terms.indexOf(one) >= 0 && !used.has(one); });
        if (term) { mask |= 1 << position; used.add(term); }
        if (same) { whole += 1; }
      });
      var missing = name.length - used.size;
      if (compare([-bits(mask), -whole, missing], [-bits(best.mask), -best.whole, best.missing]) < 0) {
        best = { mask: mask, whole: whole, missing: missing };
      }
    });
    return { entry: entry, all: all, name: best.mask, whole: best.whole, missing: best.missing, score: Math.round(score * 1000) };
  }

  /** The first of some words, so that places come in the order in which they were typed. */
  function firstBit(mask) { return mask & -mask; }

  function fit(covered) { return [bits(covered.name), covered.whole, covered.missing === 0 ? 1 : 0]; }

  function compare(a, b) {
    for (var position = 0; position < a.length; position += 1) {
      if (a[position] !== b[position]) { return a[position] - b[position]; }
    }
    return 0;
  }

  function sorted(list, key) {
    return list.map(function (one) { return { one: one, key: key(one) }; })
      .sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (pair) { return pair.one; });
  }

  function inOrder(covered) {
    return sorted(covered, function (one) {
      return [-bits(one.all), -bits(one.name), -one.whole, one.name ? one.missing : 0, one.name ? 0 : -one.score, one.entry.number];
    });
  }

  /** @returns {results, unmatched}: results in their order, and words that nothing here has */
  Search.prototype.find = function (text) {
    var numbers = numbersIn(text), years = numbers.filter(isYear);
    var exact = this.named(text);
    var numbersMatter = numbers.length > 0 && !exact.length;
    var words = wordsOf(numbersMatter ? withoutNumbers(text) : text).slice(0, this.numbers.words);
    // Next to a number, words of asking say nothing.
    if (numbersMatter && words.every(function (word) { return STOP_WORDS.has(word); })) { words = []; }
    var found = words.map(function (word) { return this.hits(word); }, this);
    var known = [];
    words.forEach(function (_, position) { if (found[position].size) { known.push(position); } });
    var unmatched = words.filter(function (word, position) { return known.indexOf(position) < 0; });
    var hits = known.map(function (position) { return found[position]; });
    var stemmed = known.map(function (position) { return stem(words[position]); });

    var entries = new Map();
    hits.forEach(function (one) {
      one.forEach(function (_, number) { entries.set(number, this.entries[number]); }, this);
    }, this);
    var covered = inOrder(Array.from(entries.values(), function (entry) { return cover(entry, stemmed, hits); }));
    var full = (1 << known.length) - 1;

    var results = [], seen = new Set();
    function add(list) {
      list.forEach(function (one) {
        var key = one.kind + " " + one.id;
        if (!seen.has(key)) { seen.add(key); results.push(one); }
      });
    }
    add(this.ofPostcode(text));
    add(exact.map(function (entry) { return result(entry, text); }));
    if (numbersMatter && this.figures) { add(this.ofNumbers(numbers, covered, full)); }
    add(this.ofCode(words));
    if (!exact.length && this.figures) { add(this.ofAreaAndMeasure(covered, full, years)); }
    // Entries with all words; if there are none, those of which a whole name was typed; then those with most of the words.
    var most = covered.length ? bits(covered[0].all) : 0;
    if (most < known.length) {
      add(covered.filter(function (one) { return one.missing === 0 && one.whole === bits(one.name); }).map(asResult));
    }
    add(covered.filter(function (one) { return bits(one.all) === most; }).map(asResult));
    var code = codeIn(words);
    if (results.length || (code && unmatched.length === 1)) {
      unmatched = unmatched.filter(function (word) { return word.toUpperCase() !== code; });
    }
    if (results.length && results[0].kind === "postcode") { unmatched = []; }
    return { results: this.withMeasures(results).slice(0, this.numbers.results), unmatched: unmatched };
  };

  /** After the explanation of a word come the measures that it leads to. */
  Search.prototype.withMeasures = function (results) {
    var first = results.findIndex(function (one) { return one.kind !== "postcode" && one.kind !== "figure"; });
    if (first < 0 || (results[first].kind !== "word" && results[first].kind !== "not_held")) { return results; }
    var measures = this.entries.filter(function (one) {
      return one.kind === "measure" && results[first].measures.indexOf(one.id) >= 0;
    });
    var next = sorted(measures, function (one) { return [results[first].measures.indexOf(one.id)]; })
      .map(function (one) { return result(one, ""); });
    var ids = next.map(function (one) { return one.id; });
    return results.slice(0, first + 1).concat(next, results.slice(first + 1).filter(function (one) {
      return one.kind !== "measure" || ids.indexOf(one.id) < 0;
    }));
  };

  /** An entry as a result; if the whole text is another name of it, with that name. */
  function result(entry, text) {
    var wanted = closed(text);
    var name = wanted ? entry.names.find(function (one) { return closed(one) === wanted; }) : "";
    return {
      kind: entry.kind, id: entry.id, title: entry.title, detail: entry.detail, address: entry.address, evidence: "",
      measures: entry.measures, called: name && closed(name) !== closed(entry.title) && name !== entry.id ? name : ""
    };
  }

  function asResult(covered) { return result(covered.entry, ""); }

  /** Entries of which the whole text is a name. */
  Search.prototype.named = function (text) {
    var wanted = closed(text), about = closed(wordsOf(text).join(" "));
    var numbers = this.byName.get(wanted) || this.byName.get(about) || [];
    if (!wanted) { return []; }
    // What nobody here holds, and words that need an explanation, come before what only has the same name.
    var first = { not_held: 0, word: 1 };
    return sorted(numbers.map(function (number) { return this.entries[number]; }, this), function (entry) {
      return [entry.kind in first && closed(entry.title) !== wanted ? first[entry.kind] : 2, entry.number];
    });
  };

  Search.prototype.ofPostcode = function (text) {
    var postcode = postcodeIn(text);
    if (!postcode || this.named(text).length) { return []; }
    var detail = "No postcode lookup is held, so no postcode can be placed here. The page says what is missing and who has it.";
    if (this.postcodes) {
      var district = postcode.split(" ")[0];
      var what = district !== postcode ? "Its ward" : "For each of its postcodes: ward";
      var by = "by the postcode directory with " + this.postcodes.directory + ".";
      var held = (" " + this.postcodes.districts + " ").indexOf(" " + district + " ") >= 0;
      detail = held
        ? what + ", authority, partnership, police force and small census area, " + by
        : "No area with a page here has a postcode of the district " + district + ", " + by;
    }
    return [{
      kind: "postcode", id: postcode, title: "Postcode " + postcode, evidence: "", measures: [], called: "",
      address: "postcodes.html#" + postcode.replace(" ", "-"),
      detail: detail
    }];
  };

  Search.prototype.ofCode = function (words) {
    var code = codeIn(words), closedWords = words.join("");
    var areas = !code ? [] : sorted(this.entries.filter(function (entry) {
      return entry.kind === "area" && entry.id.indexOf(code) === 0;
    }), function (entry) { return [Number(entry.id.slice(1, 9)), entry.number]; })
      .slice(0, this.numbers.codes).map(function (entry) { return result(entry, ""); });
    var small = this.small.filter(function (one) {
      return code ? one[0].indexOf(code) === 0 : closed(one[1]) === closedWords;
    }).slice(0, this.numbers.codes).map(function (one) {
      return {
        kind: "area", id: one[0], title: one[1], detail: "Small area (" + one[0] + ")", evidence: "", measures: [], called: "",
        address: "areas/" + one[0].replace(/[^A-Za-z0-9]/g, "_") + ".html"
      };
    });
    return areas.concat(small);
  };

  // --- figures of an area, and figures with a value --------------------------------------------------------------------

  /** A figure as a result. Where an area has none and a wider area has one, the wider area's is named as that. */
  Search.prototype.figure = function (row) {
    var item = this.figures.packed.items[row.item], area = this.byArea.get(row.area);
    var name = area ? area.title : row.area, shown = value(row, item), other = "";
    var wider = row.wider ? this.newest(row.wider, row.item, [], row.period)[0] || null : null;
    if (!shown && wider) {
      var wide = this.byArea.get(row.wider);
      other = value(wider, item);
      name = (wide ? wide.title : row.wider) + ", not " + name + " alone";
    }
    var details = [
      capital(row.period), row.count ? rateOf(row, item) : "", row.said,
      (wider || row).release ? "Source: " + (wider || row).release : "", area && !other ? area.detail : ""
    ];
    return {
      kind: "figure", id: row.area + " " + item[0] + " " + row.period + " " + row.release,
      title: ((other ? wider : row).synthetic ? "SYNTHETIC " : "") + item[1] + ", " + name + ": " + (shown || other || "no figure"),
      detail: details.filter(Boolean).map(function (one) { return one.replace(/\.$/, "") + "."; }).join(" "),
      address: (area ? area.address : "areas/" + row.area + ".html") + "#" + row.place,
      evidence: (other ? wider : row).evidence, measures: item[4], called: ""
    };
  };

  function rateOf(row, item) { return row.rate ? grouped(row.rate) + item[3] : ""; }

  function value(row, item) {
    if (row.count) { return grouped(row.count) + " " + (row.count === "1" ? item[2].replace(/s$/, "") : item[2]); }
    return rateOf(row, item);
  }

  function capital(text) { return text.slice(0, 1).toUpperCase() + text.slice(1); }

  /** Newest figures of the areas and measures that the words name together. */
  Search.prototype.ofAreaAndMeasure = function (covered, full, years) {
    var places = covered.filter(function (one) { return one.entry.kind === "area" && one.name; })
      .filter(function (one) { return this.figures.of(one.entry.id).length; }, this);
    var subjects = covered.filter(function (one) {
      return one.name && this.itemsOf(one.entry).size > 0;
    }, this);
    subjects = sorted(subjects, function (one) { return [-bits(one.name), -one.whole, one.missing, one.entry.number]; })
      .slice(0, this.numbers.candidates);
    var pairs = [];
    subjects.forEach(function (subject) {
      var rest = full & ~subject.name, before = pairs.length ? pairs[0].subject : subject;
      // Measures that fit less well than one that has led to figures are not meant.
      if (!rest || compare(fit(before), fit(subject)) > 0) { return; }
      var items = this.itemsOf(subject.entry);
      var there = places.filter(function (place) {
        return place.name & rest && this.figures.of(place.entry.id).some(function (row) { return items.has(row.item); });
      }, this);
      this.meant(there, rest).forEach(function (place) { pairs.push({ subject: subject, place: place }); });
    }, this);
    pairs = sorted(pairs, function (pair) {
      return [-bits(pair.subject.name), -pair.subject.whole, pair.subject.missing, pair.place.missing,
        pair.subject.entry.number, firstBit(pair.place.name & ~pair.subject.name), pair.place.entry.number];
    });
    var rows = [], self = this;
    pairs.forEach(function (pair) {
      if (rows.length >= self.numbers.figures) { return; }
      self.itemsOf(pair.subject.entry).forEach(function (item) {
        rows = rows.concat(self.newest(pair.place.entry.id, item, years, ""));
      });
    });
    return rows.slice(0, this.numbers.figures).map(this.figure, this);
  };

  /** Areas that some words name: one that has them all, or several that have them together; whole names first. */
  Search.prototype.meant = function (there, rest) {
    function named(place) { return place.missing === 0; }
    function whole(place) { return (place.all & rest) === rest; }
    function together(list) {
      return (list.reduce(function (mask, place) { return mask | place.name; }, 0) & rest) === rest;
    }
    var wholes = there.filter(whole), both = wholes.filter(named), exactly = there.filter(named);
    if (both.length) { return both; }
    if (together(exactly)) { return exactly; }
    if (wholes.length) {
      var least = Math.min.apply(null, wholes.map(function (place) { return place.missing; }));
      return wholes.filter(function (place) { return place.missing === least; });
    }
    return together(there) ? there : [];
  };

  /** Items of figures to which an entry leads. */
  Search.prototype.itemsOf = function (entry) {
    var items = new Set();
    entry.measures.forEach(function (measure) {
      (this.figures.itemsOf.get(measure) || []).forEach(function (item) { items.add(item); });
    }, this);
    return items;
  };

  /** The newest figure of an item in an area, or those of some years; or that of one period. */
  Search.prototype.newest = function (code, item, years, period) {
    var rows = this.figures.of(code).filter(function (row) {
      return row.item === item && (!period || row.period === period);
    });
    var wanted = rows.filter(function (row) {
      return years.some(function (year) { return row.period.indexOf(year) >= 0; });
    });
    return wanted.length ? wanted : rows.slice(0, 1);
  };

  /** Figures that have one of some values; those of the areas and measures that are named with it, if there are any. */
  Search.prototype.ofNumbers = function (numbers, covered, full) {
    // A year is a value only if nothing else is asked; a number of one or two digits is the value of thousands.
    if (full && numbers.every(isYear)) { return []; }
    var self = this;
    var sought = numbers.filter(function (number) { return number.replace(".", "").length >= self.numbers.fewestDigits; });
    var everywhere = Object.keys(this.figures.packed.areas);
    var places = new Set(), items = new Set();
    covered.forEach(function (one) {
      if (one.name && one.entry.kind === "area") { places.add(one.entry.id); }
      if (one.name) { self.itemsOf(one.entry).forEach(function (item) { items.add(item); }); }
    });
    var there = places.size ? everywhere.filter(function (code) { return places.has(code); }) : everywhere;
    var rows = this.figures.withValue(sought, there, items, this.numbers.sameNumber);
    if (!rows.length && full) { rows = this.figures.withValue(sought, everywhere, new Set(), this.numbers.sameNumber); }
    return rows.map(this.figure, this);
  };

  return { Search: Search, plain: plain, closed: closed, wordsOf: wordsOf, numbersIn: numbersIn, postcodeIn: postcodeIn };
})();
