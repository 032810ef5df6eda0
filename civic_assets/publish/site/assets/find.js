"use strict";
/* The search box of every page, and the page of the search. What is found, and in which order, is find-ranking.js.
 *
 * The index is loaded when a search box gets the focus: as scripts, because a page opened from a file share may read
 * nothing else. The box follows the combobox pattern of the WAI-ARIA Authoring Practices, with a list of results by kind.
 */
(function () {
  var root = document.body.dataset.root || "";
  var PAGE = "find.html";
  var FILES = ["assets/vendor/lunr-2.3.9.min.js", "assets/find-ranking.js", "assets/find-index.js", "assets/find-figures.js"];
  var KINDS = {
    figure: ["Figure", "Figures"], area: ["Area", "Areas"], measure: ["Measure", "Measures"], theme: ["Theme", "Themes"],
    word: ["Word", "Words"], not_held: ["Not held here", "Not held here"],
    postcode: ["Postcode", "Postcodes"], source: ["Source", "Sources"], check: ["Check", "Checks"]
  };
  var IN_BOX = { figure: 3, area: 4, measure: 4, theme: 2, word: 2, not_held: 2, postcode: 1, source: 2, check: 2 };
  var IN_BOX_ALL = 10, ON_PAGE = 12, PAUSE = 400;
  var loading = null;

  function script(address) {
    return new Promise(function (resolve, reject) {
      var element = document.createElement("script");
      element.src = root + address;
      element.onload = resolve;
      element.onerror = reject;
      document.head.appendChild(element);
    });
  }

  function search() {
    if (!loading) {
      loading = FILES.reduce(function (before, file) {
        return before.then(function () { return script(file); });
      }, Promise.resolve()).then(function () {
        var made = new civicFind.Search(civicFindIndex, civicFindFigures);
        // The first search does work that later ones find done.
        made.find("a");
        return made;
      });
    }
    return loading;
  }

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    (children || []).forEach(function (child) { if (child) { made.append(child); } });
    return made;
  }

  function byKind(results) {
    var groups = new Map();
    results.forEach(function (one) {
      if (!groups.has(one.kind)) { groups.set(one.kind, []); }
      groups.get(one.kind).push(one);
    });
    return Array.from(groups);
  }

  function said(found) {
    var count = found.results.length;
    var words = count === 0 ? "Nothing was found." : count === 1 ? "1 result." : count + " results.";
    if (found.unmatched.length) { words += " Nothing here has the word " + found.unmatched.join(" or ") + "."; }
    return words;
  }

  function permalink(text) { return PAGE + "#q=" + encodeURIComponent(text); }

  function title(one) {
    var match = /^SYNTHETIC /.exec(one.title);
    return element("span", { "class": "title" }, [
      match ? element("strong", { "class": "synthetic" }, ["SYNTHETIC"]) : null, match ? " " : null,
      match ? one.title.slice(match[0].length) : one.title,
      one.called ? element("span", { "class": "called" }, [" (found as " + one.called + ")"]) : null
    ]);
  }

  // --- the box of every page ------------------------------------------------------------------------------------------

  function combobox(form, number) {
    var input = form.querySelector("input[name=q]"), listId = "found-" + number;
    var list = element("div", { "class": "found", role: "listbox", id: listId, "aria-label": "Results", hidden: "" });
    var status = element("p", { "class": "hidden", role: "status" });
    var options = [], active = -1, asked = 0;
    Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
      autocapitalize: "off", spellcheck: "false"
    }).forEach(function (pair) { input.setAttribute(pair[0], pair[1]); });
    form.append(list, status);
    form.classList.add("has-results");

    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    function choose(position) {
      if (options[active]) { options[active].removeAttribute("aria-selected"); }
      active = position;
      if (active < 0 || !options[active]) { input.removeAttribute("aria-activedescendant"); return; }
      options[active].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    }

    function option(one) {
      var made = element("div", { role: "option", id: listId + "-" + options.length, "class": "option" }, [
        title(one), one.detail ? element("span", { "class": "detail" }, [one.detail]) : null
      ]);
      made.dataset.address = one.address || permalink(input.value);
      made.addEventListener("mousedown", function (event) { event.preventDefault(); });
      made.addEventListener("click", function () { go(made.dataset.address); });
      options.push(made);
      return made;
    }

    function show(found) {
      options = [];
      active = -1;
      list.replaceChildren();
      byKind(found.results).forEach(function (group) {
        var room = Math.min(IN_BOX[group[0]], IN_BOX_ALL - options.length);
        if (room <= 0) { return; }
        var label = KINDS[group[0]][group[1].length > 1 ? 1 : 0];
        list.append(element("div", { role: "group", "aria-label": label }, [
          element("div", { "class": "kind", "aria-hidden": "true" }, [label])
        ].concat(group[1].slice(0, room).map(option))));
      });
      if (found.results.length > options.length) {
        list.append(option({ kind: "all", title: "All " + found.results.length + " results", address: permalink(input.value) }));
      }
      if (!found.results.length) {
        list.append(element("div", { "class": "none" }, [said(found) + " Try the name of a place, or a measure such as burglary."]));
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", String(options.length > 0));
      choose(-1);
      status.textContent = said(found) + (options.length ? " Use the down arrow to choose." : "");
    }

    function ask() {
      var text = input.value.trim(), mine = asked += 1;
      if (!text) { close(); status.textContent = ""; return; }
      search().then(function (made) {
        if (mine === asked) { show(made.find(text)); }
      }, function () { status.textContent = "The search could not be loaded."; });
    }

    input.addEventListener("focus", function () { search().catch(function () {}); });
    input.addEventListener("input", ask);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      var open = !list.hidden && options.length > 0;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) { ask(); return; }
        var step = event.key === "ArrowDown" ? 1 : -1;
        choose(active < 0 ? (step > 0 ? 0 : options.length - 1) : (active + step + options.length) % options.length);
      } else if (event.key === "Enter" && open && active >= 0) {
        event.preventDefault();
        go(options[active].dataset.address);
      } else if (event.key === "Escape") {
        if (!list.hidden) { event.preventDefault(); asked += 1; close(); } else { input.value = ""; }
      }
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (input.value.trim()) { go(permalink(input.value.trim())); }
    });
  }

  function go(address) { window.location.href = root + address; }

  // --- the page of the search -----------------------------------------------------------------------------------------

  function page(form) {
    var input = form.querySelector("input[name=q]"), results = document.getElementById("results");
    var status = document.getElementById("results-status"), before = document.getElementById("before-search");
    var asked = 0, waiting = 0, site = document.title;

    function asWritten() {
      var match = /^#q=(.*)$/.exec(window.location.hash);
      if (match) {
        try { return decodeURIComponent(match[1].replace(/\+/g, " ")); } catch (error) { return match[1]; }
      }
      return new URLSearchParams(window.location.search).get("q") || "";
    }

    function item(one) {
      var head = one.address ? element("a", { href: root + one.address }, [title(one)]) : title(one);
      return element("li", {}, [
        element("p", { "class": "head" }, [head]),
        one.detail ? element("p", { "class": "detail" }, [one.detail]) : null,
        one.evidence ? element("p", { "class": "detail" }, [
          element("a", { href: root + one.evidence, "aria-label": "The cell of " + one.title }, ["The cell it was read from"])
        ]) : null
      ]);
    }

    function section(group) {
      var kind = group[0], all = group[1], id = "kind-" + kind;
      var shown = element("ul", { "class": "results" }, all.slice(0, ON_PAGE).map(item));
      var rest = all.slice(ON_PAGE);
      var more = rest.length ? element("details", {}, [
        element("summary", {}, [rest.length + " more"]), element("ul", { "class": "results" }, rest.map(item))
      ]) : null;
      return element("section", { "aria-labelledby": id }, [
        element("h2", { id: id }, [KINDS[kind][all.length > 1 ? 1 : 0]]), shown, more
      ]);
    }

    function show(text, found) {
      results.replaceChildren.apply(results, byKind(found.results).map(section));
      if (!found.results.length) {
        results.append(element("p", {}, ["Try another word, the name of a place, or a measure such as burglary."]));
      }
      status.textContent = said(found);
      before.hidden = true;
    }

    function ask(keep) {
      var text = input.value.trim(), mine = asked += 1;
      if (!keep) { remember(text); }
      if (!text) { results.replaceChildren(); status.textContent = ""; before.hidden = false; return; }
      search().then(function (made) {
        if (mine === asked) { show(text, made.find(text)); }
      }, function () { status.textContent = "The search could not be loaded."; });
    }

    // The address follows when somebody stops typing: browsers allow few changes of it in a second.
    function remember(text) {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () {
        window.history.replaceState(null, "", text ? "#q=" + encodeURIComponent(text) : window.location.pathname);
        document.title = (text ? text + " - " : "") + site;
      }, PAUSE);
    }

    function read() {
      if (/^#(?!q=).+/.test(window.location.hash)) {
        input.value = "";
        ask(true);
        var target = document.getElementById(window.location.hash.slice(1));
        if (target) { target.scrollIntoView(); }
        return;
      }
      input.value = asWritten();
      ask(true);
    }

    input.addEventListener("input", function () { ask(false); });
    form.addEventListener("submit", function (event) { event.preventDefault(); ask(false); });
    window.addEventListener("hashchange", read);
    search().catch(function () {});
    read();
    if (!window.location.hash || asWritten()) { input.focus(); }
  }

  document.querySelectorAll("form.search").forEach(function (form, number) {
    if (form.id === "find-page") { page(form); } else { combobox(form, number); }
  });
})();
