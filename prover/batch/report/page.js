"use strict";
{
  const all = () => document.querySelectorAll("main details");
  const find = document.getElementById("find"), unfold = document.getElementById("unfold");
  document.querySelector(".tools").hidden = false;
  find.addEventListener("input", () => {
    const wanted = find.value.toLowerCase();
    for (const each of document.querySelectorAll("main details[data-name]"))
      each.hidden = !each.dataset.name.toLowerCase().includes(wanted);
  });
  unfold.addEventListener("click", () => {
    const open = unfold.textContent === "Unfold all";
    for (const each of all()) each.open = open;
    unfold.textContent = open ? "Fold all" : "Unfold all";
  });
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => { for (const each of all()) each.open = true; });
}
