using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace MlNetRnn.Scenarios.Benchmarks;

/// <summary>The training loop that a user of TorchSharp would write by hand: preloaded tensors, modules, Adam, clipping.</summary>
internal sealed class PlainLoop : IDisposable
{
    private readonly BenchmarkCase _case;
    private readonly torch.Tensor _x; // [N, T, F]
    private readonly torch.Tensor _y; // [N, 1]
    private readonly Network _network;
    private readonly torch.optim.Optimizer _optimizer;

    public PlainLoop(BenchmarkCase shape, float[] windows, float[] labels)
    {
        _case = shape;
        _x = torch.tensor(windows, [labels.Length, shape.Steps, shape.Features]);
        _y = torch.tensor(labels, [labels.Length, 1]);
        _network = new Network(shape);
        _network.train();
        _optimizer = torch.optim.Adam(_network.parameters(), 1e-3);
    }

    /// <summary>Trains an epoch and gives its windows per second.</summary>
    public double Epoch()
    {
        long start = Stopwatch.GetTimestamp();
        long count = _x.shape[0];
        using var order = torch.randperm(count);
        for (long at = 0; at < count; at += _case.Batch)
        {
            using var scope = torch.NewDisposeScope();
            var indices = order.slice(0, at, Math.Min(at + _case.Batch, count), 1);
            var prediction = _network.call(_x.index_select(0, indices));
            var loss = torch.nn.functional.mse_loss(prediction, _y.index_select(0, indices));
            _optimizer.zero_grad();
            loss.backward();
            torch.nn.utils.clip_grad_norm_(_network.parameters(), 1);
            _optimizer.step();
        }
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _x.Dispose();
        _y.Dispose();
    }

    /// <summary>The default network: two recurrent layers, dropout after each, a dense ReLU layer and a linear head.</summary>
    private sealed class Network : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly BenchmarkCase _case;
        private readonly torch.nn.Module _first;
        private readonly torch.nn.Module _second;
        private readonly Dropout _dropout = torch.nn.Dropout(0.2);
        private readonly Linear _dense;
        private readonly Linear _head;

        public Network(BenchmarkCase shape)
            : base(nameof(Network))
        {
            _case = shape;
            int directions = shape.Bidirectional ? 2 : 1, half = shape.Hidden / 2;
            _first = Layer(shape.Features, shape.Hidden);
            _second = Layer(shape.Hidden * directions, half);
            _dense = torch.nn.Linear(half * directions, 32);
            _head = torch.nn.Linear(32, 1);
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            var (sequence, _) = Run(_first, input, _case.Hidden);                                // [B, T, D·H]
            var (_, final) = Run(_second, _dropout.call(sequence), _case.Hidden / 2);            // [D, B, H]
            var last = final.transpose(0, 1).reshape(input.shape[0], -1);                         // [B, D·H]
            return _head.call(torch.nn.functional.relu(_dense.call(_dropout.call(last))));        // [B, 1]
        }

        private torch.nn.Module Layer(long inputs, long hidden) => _case.Cell switch
        {
            "lstm" or "bilstm" => torch.nn.LSTM(inputs, hidden, batchFirst: true, bidirectional: _case.Bidirectional),
            "gru" => torch.nn.GRU(inputs, hidden, batchFirst: true),
            _ => torch.nn.RNN(inputs, hidden, batchFirst: true),
        };

        private (torch.Tensor Output, torch.Tensor Final) Run(torch.nn.Module layer, torch.Tensor x, long hidden)
        {
            torch.Tensor Zero() => torch.zeros(_case.Bidirectional ? 2 : 1, x.shape[0], hidden);
            switch (layer)
            {
                case LSTM lstm:
                    var (output, final, _) = lstm.call(x, (Zero(), Zero()));
                    return (output, final);
                case GRU gru:
                    return gru.call(x, Zero());
                default:
                    return ((RNN)layer).call(x, Zero());
            }
        }
    }
}
