using MlNetRnn.Scenarios;
using MlNetRnn.Scenarios.StockPrice;

var options = new StockPriceOptions();
return ScenarioHost.Run(args, options.Command, (result, cancellation) => StockPriceScenario.Run(options.Read(result), cancellation));
