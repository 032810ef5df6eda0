"use strict";
// Adds to pages what needs a script: tables that can be sorted, a note on what is wider than the screen, and buttons that
// copy. Every page can be read whole without it. It asks for nothing and keeps nothing.
//
//   <table class="sortable">         each header of the first row with data-sort="text" or data-sort="number" becomes a
//                                    button; a cell may say in data-value what counts instead of its text, and a number
//                                    in a data element counts with its exact value. Cells without a number come last in
//                                    both directions.
//   <div class="copy"><p>...</p></div>   gets a button that copies the text of its first element
(function () {
  var collator = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });

  function valueOf(row, column, kind) {
    var cell = row.cells[column];
    if (!cell) return null;
    var text = cell.hasAttribute("data-value") ? cell.getAttribute("data-value") : cell.textContent.trim();
    if (kind !== "number") return text;
    var exact = cell.hasAttribute("data-value") ? null : cell.querySelector("data");
    if (exact) text = exact.value;
    var number = text === "" ? NaN : Number(text.replace(/[,\s\u2009\u202f%]/g, "").replace("\u2212", "-"));
    return Number.isNaN(number) ? null : number;
  }

  function sort(table, column, kind, down) {
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, value: valueOf(row, column, kind), place: place };
    });
    rows.sort(function (a, b) {
      if (a.value === null || b.value === null) {
        return a.value === b.value ? a.place - b.place : a.value === null ? 1 : -1;
      }
      var order = kind === "number" ? a.value - b.value : collator.compare(a.value, b.value);
      return (down ? -order : order) || a.place - b.place;
    });
    rows.forEach(function (one) { body.appendChild(one.row); });
  }

  function makeSortable(table) {
    if (!table.tHead || table.tBodies.length !== 1) return;
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var kind = header.getAttribute("data-sort");
      if (!kind) return;
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      while (header.firstChild) button.appendChild(header.firstChild);
      header.appendChild(button);
      button.addEventListener("click", function () {
        var down = header.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, kind, down);
      });
    });
  }

  function copied(text, done) {
    function oldWay() {
      var area = document.createElement("textarea");
      area.value = text;
      area.setAttribute("readonly", "");
      area.className = "hidden";
      document.body.appendChild(area);
      area.select();
      var worked = false;
      try { worked = document.execCommand("copy"); } catch (error) { worked = false; }
      area.remove();
      done(worked);
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, oldWay);
    } else {
      oldWay();
    }
  }

  function addCopying(box) {
    var source = box.firstElementChild;
    if (!source) return;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = "Copy";
    var said = document.createElement("span");
    said.setAttribute("role", "status");
    box.appendChild(button);
    box.appendChild(said);
    button.addEventListener("click", function () {
      copied(source.textContent.trim().replace(/\s+/g, " "), function (worked) {
        said.textContent = worked ? "Copied" : "Not copied: select the text and copy it";
        button.focus();
      });
    });
  }

  // A table or drawing of which some is out of sight says so. All are measured before any is changed.
  function markWider() {
    var all = Array.prototype.slice.call(document.querySelectorAll(".scroll"));
    var wider = all.map(function (one) { return one.scrollWidth > one.clientWidth + 1; });
    all.forEach(function (one, place) { one.classList.toggle("wider", wider[place]); });
  }

  // A link to something that is folded away opens it.
  function unfold() {
    var name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch (error) { /* not an anchor */ }
    var target = name ? document.getElementById(name) : null;
    for (var one = target; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    if (target) target.scrollIntoView();
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll(".copy").forEach(addCopying);
  markWider();
  window.addEventListener("resize", markWider);
  document.addEventListener("toggle", markWider, true);
  window.addEventListener("hashchange", unfold);
  unfold();

  // The mark of made-up figures stays in view; what has the focus must not be under it.
  document.addEventListener("focusin", function (event) {
    var mark = document.querySelector(".synthetic-mark");
    if (!mark || mark.getBoundingClientRect().top > 0) { return; }
    var under = mark.getBoundingClientRect().bottom - event.target.getBoundingClientRect().top;
    if (under > 0) { window.scrollBy(0, -under - 8); }
  });
})();
