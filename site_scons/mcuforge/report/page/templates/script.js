"use strict";
// Comfort only: without a script the page says the same.

// What a pointer is on, in words below the chart; titles alone do not show on touch screens.
for (const chart of document.querySelectorAll("svg.chart")) {
  const readout = chart.closest("section").querySelector(".readout");
  if (!readout) continue;
  const tell = (event) => {
    const mark = event.target.closest(".cell, .block");
    readout.textContent = mark ? mark.querySelector("title").textContent : "";
  };
  chart.addEventListener("pointerover", tell);
  chart.addEventListener("click", tell);
}

// Sorting by a column: numbers fall first, words rise first.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(table, heads, column));
  });
}

function sort(table, heads, column) {
  const numeric = heads[column].classList.contains("n");
  const first = numeric && column > 0 ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const order = heads[column].getAttribute("aria-sort") === first ? other : first;
  const sign = order === "ascending" ? 1 : -1;
  const value = (row) => {
    const cell = row.cells[column];
    return numeric ? Number(cell.dataset.sort ?? cell.textContent) : cell.textContent;
  };
  const compare = (a, b) => (numeric ? value(a) - value(b) : value(a).localeCompare(value(b)));
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => sign * compare(a, b)));
  heads.forEach((head, at) => (at === column ? head.setAttribute("aria-sort", order) : head.removeAttribute("aria-sort")));
}

// Paper cannot be clicked: everything is unfolded for it.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
