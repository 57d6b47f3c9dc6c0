using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class AddSequencePredictorTests : IDisposable
{
    private static readonly float[] s_sequence = [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(i))];

    private readonly Scenarios.TemporaryFolder _folder = new();

    public AddSequencePredictorTests()
    {
        TinyModel.Regression.Save(_folder["score.onnx"]);
        TinyModel.Forecasting.Save(_folder["forecast.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void One_predictor_serves_all_who_ask()
    {
        var services = new ServiceCollection();
        services.AddSequencePredictor(_folder["score.onnx"]);
        var provider = services.BuildServiceProvider();

        var predictor = provider.GetRequiredService<SequencePredictor>();

        using (var scope = provider.CreateScope())
            Assert.AreSame(predictor, scope.ServiceProvider.GetRequiredService<SequencePredictor>());
        Assert.HasCount(1, predictor.Predict(s_sequence));
        provider.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => predictor.Predict(s_sequence));
    }

    [TestMethod]
    public void Several_are_told_apart_by_name()
    {
        var services = new ServiceCollection();
        services.AddSequencePredictor("score", _folder["score.onnx"]).AddSequencePredictor("forecast", _folder["forecast.onnx"]);
        services.AddSingleton<Consumer>();
        using var provider = services.BuildServiceProvider();

        var consumer = provider.GetRequiredService<Consumer>();

        Assert.AreEqual((1, 3), (consumer.Score.OutputSize, consumer.Forecast.OutputSize));
        Assert.IsNull(provider.GetService<SequencePredictor>());
    }

    [TestMethod]
    public async Task A_host_loads_it_when_it_starts_from_its_content_root()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder.Path });
        builder.Services.AddSequencePredictor("score.onnx", options => options.Predictor = new() { Threads = 1 });
        using var host = builder.Build();
        await host.StartAsync();

        File.Delete(_folder["score.onnx"]);

        Assert.AreEqual(1, host.Services.GetRequiredService<SequencePredictor>().Options.Threads);
        await host.StopAsync();
    }

    [TestMethod]
    public async Task A_host_does_not_start_without_the_model()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder.Path });
        builder.Services.AddSequencePredictor("other.onnx");
        using var host = builder.Build();

        var error = await Assert.ThrowsExactlyAsync<FileNotFoundException>(() => host.StartAsync());

        Assert.Contains(_folder["other.onnx"], error.Message);
    }

    [TestMethod]
    public async Task A_host_can_start_before_the_model_is_there()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder.Path });
        builder.Services.AddSequencePredictor("later.onnx", options => options.LoadAtStart = false);
        using var host = builder.Build();
        await host.StartAsync();
        TinyModel.Regression.Save(_folder["later.onnx"]);

        Assert.HasCount(1, host.Services.GetRequiredService<SequencePredictor>().Predict(s_sequence));
    }

    [TestMethod]
    public void Wrong_arguments_are_refused_when_the_services_are_added()
    {
        var services = new ServiceCollection();

        Fails.With<ArgumentException>(() => services.AddSequencePredictor(""), "path");
        Fails.With<ArgumentException>(() => services.AddSequencePredictor(" ", "model.onnx"), "name");
        Fails.With<ArgumentException>(() => services.AddSequencePredictor("model.onnx", options =>
        {
            options.PollInterval = TimeSpan.Zero;
            options.Predictor = null!;
        }), "2 problems", "PollInterval is 00:00:00", "Predictor is null");
        Assert.IsEmpty(services);
    }

    private sealed class Consumer(
        [FromKeyedServices("score")] SequencePredictor score, [FromKeyedServices("forecast")] SequencePredictor forecast)
    {
        public SequencePredictor Score => score;

        public SequencePredictor Forecast => forecast;
    }
}
