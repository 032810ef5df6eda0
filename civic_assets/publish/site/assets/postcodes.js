"use strict";
/* Looks a postcode up in the file of its district (postcodes/N1.js), which is loaded as a script: a page opened from a file
 * share may read nothing else. What is in such a file is said in civic_assets/publish/site/postcodes/districts.py.
 */
(function () {
  var form = document.getElementById("postcode-form");
  if (!form) { return; }
  var status = document.getElementById("postcode-status");
  var answer = document.getElementById("postcode-answer");
  var box = document.getElementById("postcode"), month = document.getElementById("postcode-month");
  var days = form.dataset.days.split(" "), folder = form.dataset.districts;
  var FORM = /^([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ?([0-9][A-Z]{2}))?$/;
  var MONTH = /^(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])$/;
  var NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  // Place of each code in a place of the file.
  var WARD = 0, AUTHORITY = 1, PARTNERSHIP = 2, FORCE = 3, SMALL_2011 = 4, SMALL_2021 = 5, FROM = 6, TO = 7;
  var loaded = {};
  var asked = 0;

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    (children || []).forEach(function (child) { if (child) { made.append(child); } });
    return made;
  }

  function load(district) {
    if (!loaded[district]) {
      loaded[district] = new Promise(function (resolve) {
        var script = document.createElement("script");
        script.src = folder + district + ".js";
        script.onload = function () { resolve((window.civicPostcodes || {})[district] || null); };
        script.onerror = function () { resolve(null); };
        document.head.appendChild(script);
      });
    }
    return loaded[district];
  }

  /* "0503" as "2005-03": postcodes are not older than 1970. */
  function whole(short) {
    if (short === "----" || !short) { return ""; }
    return (short.slice(0, 2) >= "70" ? "19" : "20") + short.slice(0, 2) + "-" + short.slice(2);
  }

  function words(year_month) {
    return year_month ? NAMES[Number(year_month.slice(5)) - 1] + " " + year_month.slice(0, 4) : "a month that is not known";
  }

  /* The day of a directory is the first after its last change. */
  function directory(day) {
    var year = Number(day.slice(0, 4)), number = Number(day.slice(5)) - 1;
    return "changes up to " + (number ? NAMES[number - 1] + " " + year : "December " + (year - 1));
  }

  /* Every place that a postcode has, by directory, the earliest first. */
  function found(file, unit) {
    var all = [];
    file.places.forEach(function (place, at) {
      [8, 12].forEach(function (width, ended) {
        var text = file.units[at][ended];
        for (var i = 0; i < text.length; i += width) {
          if (text.substr(i + 1, 3) === unit) {
            all.push({ place: place, user: text[i], introduced: whole(text.substr(i + 4, 4)),
              terminated: ended ? whole(text.substr(i + 8, 4)) : "" });
          }
        }
      });
    });
    return all.sort(function (a, b) { return a.place[FROM] < b.place[FROM] ? -1 : 1; });
  }

  /* The row of the latest directory that is not after a month; of the first one, if all are. */
  function at(rows, when) {
    var before = rows.filter(function (row) { return !when || row.place[FROM] <= when; });
    return before.length ? before[before.length - 1] : rows[0];
  }

  function area(file, code, what) {
    if (!code) { return [element("dt", {}, [what]), element("dd", {}, ["The directory has none for this postcode."])]; }
    var known = file.names[code] || ["", 0];
    var name = known[0] ? known[0] + " (" + code + ")" : code;
    var shown = known[1]
      ? [element("a", { href: "areas/" + code + ".html" }, [name])]
      : [name, " ", element("span", { "class": "quiet" }, [known[0] ? "no figures here" : "no figures here, and no lookup here has its name"])];
    return [element("dt", {}, [what]), element("dd", {}, shown)];
  }

  function used(row, when) {
    var since = "It has been in use since " + words(row.introduced) + ".";
    if (row.terminated) {
      since = "It was in use from " + words(row.introduced) + " until it was terminated in " + words(row.terminated) + ".";
    }
    if (!when) { return since; }
    if (row.introduced && when < row.introduced) { return "In " + words(when) + " it did not exist yet. " + since; }
    if (row.terminated && when >= row.terminated) { return "In " + words(when) + " it was no longer in use. " + since; }
    return "In " + words(when) + " it was in use. " + since;
  }

  function source(row, when) {
    var first = days[0], from = row.place[FROM], to = row.place[TO];
    var said = "The areas are those of the directory with " + directory(to) + ".";
    if (from !== to) { said = "All directories from the one with " + directory(from) + " to the one with " + directory(to) + " have these areas."; }
    if (when && when < first) {
      said += " No directory of " + words(when) + " is held: which areas it was in then, and by which codes, is not known here.";
    }
    return said;
  }

  function notes(file, place) {
    return file.notes.filter(function (note) {
      return place.indexOf(note[0]) >= 0 && (!note[1] || place.indexOf(note[1]) >= 0);
    }).map(function (note) { return note[2]; });
  }

  function partnership(file, place) {
    if (place[PARTNERSHIP] || !place[AUTHORITY]) { return area(file, place[PARTNERSHIP], "Community Safety Partnership"); }
    return [element("dt", {}, ["Community Safety Partnership"]),
      element("dd", {}, ["It does not follow from the authority, which has several partnerships or none."])];
  }

  function show(file, postcode, row, when) {
    var place = row.place;
    var facts = [
      area(file, place[WARD], "Ward"), area(file, place[AUTHORITY], "Local authority"), partnership(file, place),
      area(file, place[FORCE], "Police force area"),
      area(file, place[SMALL_2021], "Small census area of 2021"), area(file, place[SMALL_2011], "Small census area of 2011")
    ];
    var caveats = notes(file, place);
    if (row.user === "1") {
      caveats.unshift("It belongs to a large user: one organisation, placed where its mail is delivered.");
    }
    if (place[SMALL_2011] && place[SMALL_2021] && place[SMALL_2011] !== place[SMALL_2021]) {
      caveats.push("Its small census area was changed between 2011 and 2021: figures by the two are for different ground.");
    }
    caveats.push("The ward is of the time of the directory, and the small areas are of the censuses: their edges need not meet.");
    answer.replaceChildren.apply(answer, [
      element("h2", {}, [postcode]),
      element("p", {}, [used(row, when)]),
      element("dl", { "class": "facts" }, facts.reduce(function (all, one) { return all.concat(one); }, [])),
      element("p", { "class": "quiet" }, [source(row, when)]),
      element("ul", {}, caveats.map(function (text) { return element("li", { "class": "caveat" }, [text]); }))
    ]);
    answer.hidden = false;
    status.textContent = postcode + ": the areas are below.";
  }

  function showDistrict(file, district) {
    var wards = {}, authorities = {}, number = 0;
    file.places.forEach(function (place, at) {
      var size = file.units[at][0].length / 8;
      if (!size || place[TO] !== days[days.length - 1] && days.length > 1) { return; }
      number += size;
      [[wards, place[WARD]], [authorities, place[AUTHORITY]]].forEach(function (pair) {
        if (pair[1]) { pair[0][pair[1]] = (pair[0][pair[1]] || 0) + size; }
      });
    });
    function list(counts) {
      return element("ul", {}, Object.keys(counts).sort(function (a, b) { return counts[b] - counts[a] || (a < b ? -1 : 1); })
        .map(function (code) {
          var known = file.names[code] || ["", 0], name = known[0] ? known[0] + " (" + code + ")" : code;
          return element("li", {}, [
            known[1] ? element("a", { href: "areas/" + code + ".html" }, [name]) : name,
            ": " + counts[code].toLocaleString("en-GB") + (counts[code] === 1 ? " postcode" : " postcodes")
          ]);
        }));
    }
    answer.replaceChildren(
      element("h2", {}, ["District " + district]),
      element("p", {}, [number.toLocaleString("en-GB") + " of its postcodes are in use. Type a whole postcode for its small areas."]),
      element("h3", {}, ["Local authorities"]), list(authorities), element("h3", {}, ["Wards"]), list(wards)
    );
    answer.hidden = false;
    status.textContent = "District " + district + ": its areas are below.";
  }

  function nothing(text) {
    answer.hidden = true;
    answer.replaceChildren();
    status.textContent = text;
  }

  function look(text, when, done) {
    var match = FORM.exec(text.trim().toUpperCase().replace(/\s+/g, " "));
    if (!text.trim()) { nothing(""); return; }
    if (!match) { nothing("\u201c" + text.trim() + "\u201d is not a postcode. Type one such as N1 1AA, or a district such as N1."); return; }
    if (when && !MONTH.test(when)) { nothing("\u201c" + when + "\u201d is not a month. Type it as 2023-03, or leave the box empty."); return; }
    var district = match[1], unit = match[2], postcode = unit ? district + " " + unit : district;
    var own = asked += 1;
    status.textContent = "Looking up " + postcode + " \u2026";
    load(district).then(function (file) {
      if (own !== asked) { return; }
      if (!file) {
        nothing("No area with a page here has a postcode of the district " + district + ". It may not exist, or be elsewhere in the United Kingdom.");
        return;
      }
      if (!unit) { showDistrict(file, district); if (done) { done(); } return; }
      var rows = found(file, unit);
      if (!rows.length) {
        nothing("The directory has no postcode " + postcode + " in an area with a page here. It may be newer than the directory, or mistyped.");
        return;
      }
      show(file, postcode, at(rows, when), when);
      if (done) { done(); }
    });
  }

  function fromAddress() {
    var match = /^#([A-Za-z0-9]+)(?:-([0-9][A-Za-z]{2}))?(?:@([0-9-]+))?$/.exec(location.hash);
    if (!match || !FORM.test(match[1].toUpperCase())) { return; }
    box.value = (match[1] + (match[2] ? " " + match[2] : "")).toUpperCase();
    month.value = match[3] || "";
    // Without scripts, the address of a district leads to its row in the table. Here the answer is above.
    var line = document.getElementById(match[1].toUpperCase());
    if (line) { line.removeAttribute("id"); }
    look(box.value, month.value, function () {
      window.scrollTo(0, 0);
      var heading = answer.querySelector("h2") || answer;
      if (heading.getBoundingClientRect().bottom > window.innerHeight) { heading.scrollIntoView(); }
    });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var typed = box.value.trim().toUpperCase().replace(/\s+/g, " "), match = FORM.exec(typed), when = month.value.trim();
    if (match && (!when || MONTH.test(when))) {
      history.replaceState(null, "", "#" + match[1] + (match[2] ? "-" + match[2] : "") + (when ? "@" + when : ""));
    }
    look(box.value, when);
  });
  window.addEventListener("hashchange", fromAddress);
  form.hidden = false;
  fromAddress();
})();
