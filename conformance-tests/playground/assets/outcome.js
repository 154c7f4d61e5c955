// What became of a request from one origin.

export function outcome({ result, answer, agreement }) {
  if (agreement === "not sent") return "not sent";
  if (result) return result.outcome;
  return answer.readable ? "readable" : "blocked";
}

export const headerOutcome = ({ header }) => (header === null ? "hidden" : "readable");
