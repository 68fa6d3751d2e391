const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// A token lives as long as this tab shows the page. Earlier versions kept it here for good.
localStorage.removeItem("authorized");

const ui = SwaggerUIBundle({
  url: "/api-docs/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  onComplete: signInLocally,
});

/** On the local stack, authorise the page as the studio does; elsewhere there is no such token. */
async function signInLocally() {
  const answer = await fetch("/api/local-token", { cache: "no-store" }).catch(() => null);
  const token = answer?.ok ? (await answer.json()).token : "";
  if (token) ui.preauthorizeApiKey("bearer", token);
}
