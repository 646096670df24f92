/* Keeps what is typed into a form, encrypted in this browser, until it has been sent. Without it every form works. */
(function () {
  "use strict";
  var PREFIX = "gongjiang.draft:";
  var LONGEST = 14 * 24 * 3600 * 1000;
  var NEVER = { csrfmiddlewaretoken: 1, once: 1, version: 1, then: 1 };
  var store = window.localStorage;

  function drop(test) {
    for (var i = store.length - 1; i >= 0; i--) {
      var name = store.key(i);
      if (name.indexOf(PREFIX) === 0 && test(name, JSON.parse(store.getItem(name)))) {
        store.removeItem(name);
      }
    }
  }

  drop(function (name, kept) {
    return Date.now() - kept.at > LONGEST;
  });

  var done = document.querySelector("[data-draft-done]");
  if (done) {
    drop(function (name, kept) {
      return kept.sent && name.indexOf(PREFIX + done.dataset.draftDone + ":") === 0;
    });
  }

  var form = document.querySelector("form[data-draft]");
  if (!form || !window.crypto || !window.crypto.subtle) {
    return;
  }
  var place = PREFIX + form.dataset.draftOwner + ":" + form.dataset.draft;
  var key = window.crypto.subtle.importKey("raw", bytes(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  form.removeAttribute("data-draft-key");

  function bytes(text) {
    return Uint8Array.from(atob(text), function (c) {
      return c.charCodeAt(0);
    });
  }

  function text(buffer) {
    return btoa(Array.from(new Uint8Array(buffer), function (b) {
      return String.fromCharCode(b);
    }).join(""));
  }

  function show(name, on) {
    document.querySelectorAll("[data-draft-" + name + "]").forEach(function (each) {
      each.hidden = !on;
      if (on) {
        each.scrollIntoView({ block: "center" });
      }
    });
  }

  function typed() {
    var found = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && value && !NEVER[name]) {
        found.push([name, value]);
      }
    });
    return found;
  }

  function keep(sent) {
    var iv = window.crypto.getRandomValues(new Uint8Array(12));
    var plain = new TextEncoder().encode(JSON.stringify(typed()));
    return key.then(function (k) {
      return window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, k, plain);
    }).then(function (cipher) {
      store.setItem(place, JSON.stringify({ at: Date.now(), iv: text(iv), cipher: text(cipher), sent: !!sent }));
    });
  }

  function fill(pairs) {
    pairs.forEach(function (pair) {
      form.querySelectorAll('[name="' + CSS.escape(pair[0]) + '"]').forEach(function (control) {
        if (control.type === "radio" || control.type === "checkbox") {
          control.checked = control.checked || control.value === pair[1];
        } else if (control.type !== "file" && control.type !== "submit" && control.type !== "hidden") {
          control.value = pair[1];
        }
      });
    });
  }

  /* A form that grows says in a hidden field how many lines it has, and draws as many as its address asks for. */
  function longer(pairs) {
    var lines = form.querySelector('input[type="hidden"][name="rows"]');
    var kept = pairs.filter(function (pair) {
      return pair[0] === "rows";
    })[0];
    var address = new URL(window.location.href);
    if (!lines || !kept || Number(kept[1]) <= Number(lines.value) || address.searchParams.has("rows")) {
      return false;
    }
    address.searchParams.set("rows", kept[1]);
    window.location.replace(address);
    return true;
  }

  var held = JSON.parse(store.getItem(place) || "null");
  if (held && form.dataset.draftFresh === "1") {
    key.then(function (k) {
      return window.crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(held.iv) }, k, bytes(held.cipher));
    }).then(function (plain) {
      var pairs = JSON.parse(new TextDecoder().decode(plain));
      if (longer(pairs)) {
        return;
      }
      form.querySelectorAll("input[type=radio], input[type=checkbox]").forEach(function (control) {
        control.checked = false;
      });
      fill(pairs);
      show("restored", true);
    }).catch(function () {
      store.removeItem(place);
    });
  }

  var soon;
  form.addEventListener("input", function () {
    clearTimeout(soon);
    soon = setTimeout(keep, 250);
  });

  form.addEventListener("submit", function (event) {
    clearTimeout(soon);
    if (navigator.onLine) {
      var last = JSON.parse(store.getItem(place) || "null");
      if (last) {
        last.sent = true;
        store.setItem(place, JSON.stringify(last));
      }
      keep(true);
      return;
    }
    event.preventDefault();
    keep(false).then(function () {
      show("offline", true);
    });
  });

  window.addEventListener("online", function () {
    show("offline", false);
  });

  document.querySelectorAll("[data-draft-discard]").forEach(function (button) {
    button.addEventListener("click", function () {
      store.removeItem(place);
      window.location.reload();
    });
  });
})();
