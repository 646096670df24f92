/* Progressive enhancement. Without it every page works, and the server keeps the switches. */
(function () {
  "use strict";
  var root = document.documentElement;

  function remember(name, on) {
    document.cookie = name + "=" + (on ? "1" : "0") + "; path=/; max-age=31536000; samesite=lax";
  }

  function enhance(scope) {
    scope.querySelectorAll("[data-toggle]").forEach(function (button) {
      button.hidden = false;
    });
    scope.querySelectorAll("[data-print]").forEach(function (button) {
      button.hidden = false;
    });
    scope.querySelectorAll("[data-check-all]").forEach(function (all) {
      tell(all);
    });
  }

  function boxes(all, extra) {
    return document.querySelectorAll('input[name="' + all.dataset.checkAll + '"]' + (extra || ""));
  }

  function tell(all) {
    var every = boxes(all).length;
    var n = boxes(all, ":checked").length;
    document.querySelectorAll("[data-checked-count]").forEach(function (count) {
      count.textContent = String(n);
    });
    all.checked = every > 0 && n === every;
    all.indeterminate = n > 0 && n < every;
  }

  document.addEventListener("click", function (event) {
    var toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      event.preventDefault();
      var name = toggle.dataset.toggle;
      var on = root.classList.toggle(name);
      if (name === "elder") {
        remember(name, on);
      }
      document.querySelectorAll('[data-toggle="' + name + '"]').forEach(function (b) {
        b.setAttribute("aria-pressed", String(on));
        if (b.name === name) {
          b.value = on ? "0" : "1";
        }
      });
    } else if (event.target.closest("[data-print]")) {
      window.print();
    }
  });

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.dataset && box.dataset.checkAll) {
      boxes(box).forEach(function (b) {
        b.checked = box.checked;
      });
      tell(box);
    } else if (box.type === "checkbox") {
      document.querySelectorAll('[data-check-all="' + box.name + '"]').forEach(tell);
    }
  });

  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (event.target.matches('form[action$="/sign-out/"]')) {
      Object.keys(window.localStorage).forEach(function (name) {
        if (name.indexOf("gongjiang.draft:") === 0) {
          window.localStorage.removeItem(name);
        }
      });
    }
    if (event.target.method === "post" && button && !event.defaultPrevented) {
      setTimeout(function () {
        button.setAttribute("aria-busy", "true");
        button.classList.add("busy");
      }, 0);
    }
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      document.querySelectorAll(".btn.busy").forEach(function (button) {
        button.classList.remove("busy");
        button.removeAttribute("aria-busy");
      });
    }
  });

  document.body.addEventListener("htmx:afterSwap", function (event) {
    enhance(event.target.parentElement || document);
  });

  enhance(document);
  var first = document.querySelector("[data-focus]");
  if (first) {
    first.focus();
  }
})();
