using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.SequenceClassification;

var options = new SequenceClassificationOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => SequenceClassificationScenario.Run(options.Read(result), cancellation));
