using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.Forecasting;

var options = new ForecastingOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => ForecastingScenario.Run(options.Read(result), cancellation));
