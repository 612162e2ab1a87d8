/* Draws the plate as it is being typed, in the colour of its type, and chooses the type of new-energy plates by their
   shape: one character more than others, with a letter D or F (A to K) first or last. */
"use strict";
(() => {
  const [type, province, plate, drawn] = ["plate_type", "province", "plate", "plate-drawn"].map((id) =>
    document.getElementById(id),
  );
  if (!type || !province || !plate || !drawn) return;
  const SMALL = "52";
  const LARGE = "51";
  const GREEN = [LARGE, SMALL];
  const has = (value) => [...type.options].some((option) => option.value === value);

  const energy = (number) => {
    if (/^[A-Z][A-HJK][A-Z0-9]\d{4}$/.test(number)) return SMALL;
    return /^[A-Z]\d{5}[A-HJK]$/.test(number) ? LARGE : "";
  };
  const typed = () => plate.value.toUpperCase().replace(/[^A-Z0-9]/g, "");
  let before = ""; // the type that was chosen before the shape chose another one
  const choose = () => {
    const found = energy(typed());
    if (found && has(found) && type.value !== found) {
      before = before || type.value;
      type.value = found;
    } else if (!found && before) {
      type.value = before;
      before = "";
    }
    show();
  };
  const show = () => {
    const number = typed();
    drawn.textContent = number ? `${province.value}${number[0]}·${number.slice(1)}` : "";
    drawn.className = `plate${GREEN.includes(type.value) ? " green" : ""}`;
    drawn.hidden = !number;
  };
  plate.addEventListener("input", choose);
  for (const one of [type, province]) one.addEventListener("input", show);
  show();
})();
