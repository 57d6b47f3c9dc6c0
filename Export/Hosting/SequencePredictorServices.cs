using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlNetRnn;

/// <summary>Adds predictors to an application's services.</summary>
public static class SequencePredictorServices
{
    /// <summary>
    /// Adds a <see cref="SequencePredictor"/> as a singleton, which all requests share. When the model file changes, the new model takes the
    /// place of the old one between two calls; a file that cannot be used is logged as a warning and the old model goes on.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="path">
    /// A file written by <c>ml.Model.SaveAsOnnx</c>; from the host's content root, or the current folder where there is no host.
    /// </param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The path is empty or options are wrong.</exception>
    public static IServiceCollection AddSequencePredictor(
        this IServiceCollection services, string path, Action<SequencePredictorServiceOptions>? configure = null) =>
        Add(services, null, path, configure);

    /// <summary>Adds one of several predictors, told apart by name: a keyed singleton, <c>[FromKeyedServices("name")]</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The key.</param>
    /// <param name="path">
    /// A file written by <c>ml.Model.SaveAsOnnx</c>; from the host's content root, or the current folder where there is no host.
    /// </param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name or path is empty or options are wrong.</exception>
    public static IServiceCollection AddSequencePredictor(
        this IServiceCollection services, string name, string path, Action<SequencePredictorServiceOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add(services, name, path, configure);
    }

    private static IServiceCollection Add(
        IServiceCollection services, string? name, string path, Action<SequencePredictorServiceOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var options = new SequencePredictorServiceOptions();
        configure?.Invoke(options);
        options.Validate();
        services.AddKeyedSingleton(name, (provider, _) => Load(provider, path, options));
        if (options.LoadAtStart)
            services.AddSingleton<IHostedService>(provider => new LoadAtStart(provider, name));
        return services;
    }

    private static SequencePredictor Load(IServiceProvider provider, string path, SequencePredictorServiceOptions options)
    {
        string root = provider.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory();
        string file = Path.GetFullPath(path, root);
        var stamp = FileStamp.Of(file); // before it is read: a change in between shows
        var predictor = SequencePredictor.Load(file, options.Predictor);
        if (options.ReloadOnChange)
        {
            var logger = provider.GetService<ILoggerFactory>()?.CreateLogger<SequencePredictor>() ?? NullLogger<SequencePredictor>.Instance;
            predictor.Own(new ModelFileWatch(predictor, file, stamp, options.PollInterval, logger));
        }
        return predictor;
    }

    private sealed class LoadAtStart(IServiceProvider provider, string? name) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            provider.GetRequiredKeyedService<SequencePredictor>(name);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
