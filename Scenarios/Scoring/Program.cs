using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.Scoring;

var options = new ScoringOptions();
return ScenarioHost.Run(args, options.Command, (result, _) => Scorer.Run(options.Read(result)));
