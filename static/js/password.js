/*
 * Lets people see the password they type. The button stands below the last password of each form; what is sent is a
 * password field again, so that password managers know it. Without this script there is no button.
 */

const { show, hide } = document.currentScript.dataset;

for (const form of document.forms) {
  const fields = [...form.querySelectorAll("input[type=password]")];
  if (fields.length === 0) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  const turn = (isShown) => {
    button.textContent = isShown ? hide : show;
    for (const field of fields) field.type = isShown ? "text" : "password";
  };
  turn(false);
  button.addEventListener("click", () => turn(fields[0].type === "password"));
  form.addEventListener("submit", () => turn(false));
  const line = document.createElement("p");
  line.append(button);
  fields.at(-1).closest(".field").after(line);
}
