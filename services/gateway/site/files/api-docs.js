const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// A token lives as long as this tab shows the page. Earlier versions kept it here for good.
localStorage.removeItem("authorized");

/** Shows the commands of an operation above its answers; they call the site that the page is of. */
const CodeSamples = {
  wrapComponents: {
    responses: (Responses, { React: { createElement, Fragment }, getComponent, specSelectors }) => {
      const sample = ({ label, source }) => createElement("div", { className: "code-sample", key: label },
        createElement("div", { className: "opblock-section-header" }, createElement("h4", null, label)),
        createElement("div", { className: "responses-inner" },
          createElement(getComponent("HighlightCode", true), { className: "curl", language: "bash", canCopy: true },
            source.replaceAll("$API", location.origin))));
      return (props) => {
        const place = ["paths", props.path, props.method, "x-codeSamples"];
        const samples = specSelectors.specJson().getIn(place)?.toJS() ?? [];
        return createElement(Fragment, null, samples.map(sample), createElement(Responses, props));
      };
    },
  },
};

const ui = SwaggerUIBundle({
  url: "/api-docs/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  plugins: [CodeSamples],
  onComplete: signInLocally,
});

/** On the local stack, authorise the page as the studio does; elsewhere there is no such token. */
async function signInLocally() {
  const answer = await fetch("/api/local-token", { cache: "no-store" }).catch(() => null);
  const token = answer?.ok ? (await answer.json()).token : "";
  if (token) ui.preauthorizeApiKey("bearer", token);
}
